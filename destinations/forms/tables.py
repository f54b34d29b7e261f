"""The look-up tables of a destination on its mapping's page: each a form of its own, and a blank one for another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from destinations.forms.fields import Text
from destinations.mapping import Table, table_problems
from destinations.mapping.tables import (
    MAX_CHARACTERS,
    MAX_TABLES,
    OTHERWISE,
    CsvError,
    Otherwise,
    key_of,
    read_csv,
)
from leadconduit.forms import DraftForm

Files: TypeAlias = "MultiValueDict[str, UploadedFile[bytes]]"

MOST_PROBLEMS = 20
"""Lines of a file that are said to be wrong; the rest are only counted."""

NEW = "table-new"

CHOICES = (
    ("keep", "stays as it is"),
    ("blank", "becomes blank"),
    ("text", "becomes this text"),
    ("table", "is looked up in another table"),
)


class TableForm(DraftForm):
    """One table. Its rows come as CSV; left empty, they stay what they are."""

    name = Text(label="Name", widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "States"}))
    otherwise = Text(label="A value that it does not have", widget=forms.Select(choices=CHOICES))
    text = Text(label="Text", strip=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    table = Text(label="Other table", widget=forms.Select)
    csv = Text(
        label="Rows as CSV",
        strip=False,
        widget=forms.Textarea(
            attrs={
                "class": "mono",
                "rows": 4,
                "spellcheck": "false",
                "placeholder": "from,to\nTexas,TX\nOhio,OH",
            }
        ),
    )
    file = forms.FileField(
        label="Or a file", required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )

    def __init__(
        self, *args: Any, saved: Table | None = None, others: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.saved = saved

        field = self.fields["table"]
        field.widget = forms.Select(choices=[("", "Choose a table"), *((name, name) for name in others)])

    @property
    def otherwise_in_words(self) -> str:
        """What becomes of other values, as it is saved."""
        if self.saved is None:
            return ""
        names = {"text": f"becomes “{self.saved.text}”", "table": f"is looked up in “{self.saved.table}”"}
        return names.get(self.saved.otherwise) or dict(CHOICES)[self.saved.otherwise]


class Tables:
    """The tables as they were posted, with a form for each: `wrong` where one of them cannot be what it says.

    Then none of them is to be saved, and every form shows what was typed. `in_use` are the names that rows look
    things up in.
    """

    def __init__(
        self,
        saved: Sequence[Table],
        data: QueryDict | None = None,
        files: "Files | None" = None,
        *,
        in_use: Mapping[str, str],
    ) -> None:
        self.saved = tuple(saved)
        self.tables = tuple(saved)
        self.wrong = False
        self.open: Collection[str] = ()
        self.refused = ""
        names = [table.name for table in saved]
        self.forms = [self._form(f"table-{number}", table, names) for number, table in enumerate(saved)]
        self.new = self._form(NEW, None, names)
        if data is not None:
            self._read(data, files or MultiValueDict(), in_use)

    def _form(self, prefix: str, table: Table | None, names: Sequence[str], **bound: Any) -> TableForm:
        shown = table or Table("")
        initial = {name: getattr(shown, name) for name in ("name", "otherwise", "text", "table")}
        others = [name for name in names if table is None or name != table.name]
        return TableForm(prefix=prefix, initial=initial, saved=table, others=others, **bound)

    # --- What was posted

    def _read(self, data: QueryDict, files: Files, in_use: Mapping[str, str]) -> None:
        verb, _, dropped = data.get("change", "").partition(" ")
        names = [table.name for table in self.saved]
        made: list[tuple[TableForm, Table]] = []
        found: list[tuple[TableForm, list[tuple[str, str]]]] = []
        for number, table in enumerate(self.saved):
            if verb == "drop-table" and dropped == table.name:
                if row := in_use.get(key_of(table.name)):
                    self.refused = f"“{table.name}” is used by {row}. Change that first; nothing was removed."
                else:
                    continue
            prefix = f"table-{number}"
            posted = data.get(f"{prefix}-was") == table.name
            form = self._form(prefix, table, names, data=data, files=files) if posted else self.forms[number]
            read, problems = self._table(form, table) if posted else (table, [])
            made.append((form, read))
            found.append((form, problems))
        new = self._form(NEW, None, names, data=data, files=files)
        if verb == "add-table" or _is_filled_in(data, files):
            read, problems = self._table(new, None)
            made.append((new, read))
            found.append((new, problems))
        self._judge(made, found)

    def _table(self, form: TableForm, before: Table | None) -> tuple[Table, list[tuple[str, str]]]:
        """What a form makes of a table, and what is wrong with its rows."""
        form.full_clean()
        values = form.cleaned_data
        otherwise = values["otherwise"] if values["otherwise"] in OTHERWISE else "keep"
        table = Table(
            before.name if before else values["name"],
            before.rows if before else (),
            cast(Otherwise, otherwise),
            values["text"] if otherwise == "text" else "",
            values["table"] if otherwise == "table" else "",
        )
        try:
            text = _text_of(values["file"]) if values.get("file") else values["csv"]
            if not text.strip():
                return table, [] if before else [("csv", "Paste the rows, or choose a file.")]
            return replace(table, rows=read_csv(text)), []
        except CsvError as error:
            return table, [("csv", sentence) for sentence in _in_lines(error)]

    def _judge(
        self,
        made: Sequence[tuple[TableForm, Table]],
        found: Sequence[tuple[TableForm, Sequence[tuple[str, str]]]],
    ) -> None:
        problems = {id(form): list(of_form) for form, of_form in found}
        for index, field, sentence in table_problems([table for _, table in made]):
            if index >= len(made):
                problems[id(made[-1][0])].append((field, sentence))
            elif not (field == "rows" and problems[id(made[index][0])]):
                problems[id(made[index][0])].append((field, sentence))
        for form, _ in found:
            form.put(("csv" if field == "rows" else field, said) for field, said in problems[id(form)])
        self.wrong = any(problems.values())
        if self.wrong:
            self.forms = [form for form, _ in made if form.prefix != NEW]
            self.new = next((form for form, _ in made if form.prefix == NEW), self.new)
            return
        self.tables = tuple(table for _, table in made)
        names = [table.name for table in self.tables]
        self.forms = [self._form(f"table-{number}", table, names) for number, table in enumerate(self.tables)]
        self.new = self._form(NEW, None, names)

    @property
    def names(self) -> list[str]:
        return [table.name for table in self.tables]

    @property
    def may_add(self) -> bool:
        return len(self.tables) < MAX_TABLES


def _is_filled_in(data: QueryDict, files: Files) -> bool:
    written = (data.get(f"{NEW}-name", ""), data.get(f"{NEW}-csv", ""))
    return any(text.strip() for text in written) or f"{NEW}-file" in files


def _text_of(file: "UploadedFile[bytes]") -> str:
    """Raises CsvError for what is no text."""
    # A character has four bytes at most; of more it is enough to know that it is too much.
    content: bytes = file.read(4 * MAX_CHARACTERS + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CsvError([(line, "This is not text in UTF-8: save the file as CSV UTF-8.")]) from error


def _in_lines(error: CsvError) -> list[str]:
    said = [f"Line {line}: {sentence}" for line, sentence in error.problems[:MOST_PROBLEMS]]
    more = len(error.problems) - len(said)
    return [*said, f"{more:,} more lines have mistakes."] if more else said
