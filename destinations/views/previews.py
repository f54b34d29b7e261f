"""What a mapping makes of the sample lead: each row's value, what is odd about it, and the whole request."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from destinations import wizard
from destinations.forms.mapping import is_blank_row
from destinations.mapping import (
    Flag,
    MappingRow,
    RowResult,
    Table,
    check,
    compile_mapping,
    problems,
)
from destinations.mapping import Mapping as Compiled
from destinations.platforms.port import Targets
from destinations.wizard import Standing
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.values import as_text, plain

MOST_SHOWN = 200
"""Characters of a value beside its row."""


_INERT = MappingRow("-")
"""Sends nothing, and is in nobody's way."""


class RowPreview(NamedTuple):
    """`sends` is the value for reading, None where nothing is sent; `why` may say more, as what is wrong with the row."""

    sends: str | None
    why: str = ""
    flags: Sequence[Flag] = ()


class Preview(NamedTuple):
    """An action's. `missing` are flags of target fields without a row, by the field's key."""

    rows: Sequence[RowPreview]
    missing: Mapping[str, str]
    would_send: Mapping[str, Any]

    @property
    def attention(self) -> int:
        """How many fields need it."""
        return sum(any(flag.kind != "note" for flag in row.flags) for row in self.rows) + len(self.missing)


class Previewing(NamedTuple):
    """What the previews of all actions of a page have in common. Without `variables` the sample is none.

    `taken` are the fields that the account's flows take.
    """

    standing: Standing
    tables: Sequence[Table]
    variables: Mapping[str, Any] | None
    known_paths: Mapping[str, str]
    taken: Sequence[str] = ()

    def of(self, action: str, rows: Sequence[MappingRow], targets: Targets) -> Preview:
        """Rows that have mistakes make nothing; so does the whole, as long as there are any."""
        if self.variables is None:
            return Preview([RowPreview(None)] * len(rows), {}, _instead("Put the sample lead right"))
        blank = {index for index, row in enumerate(rows) if is_blank_row(row)}
        broken: dict[int, str] = {}
        for index, _, sentence in problems(rows, self.tables):
            if index not in blank:
                broken.setdefault(index, sentence)
        # What cannot run stands in the list all the same: rows are told by their numbers.
        rows_run = [_INERT if index in blank or index in broken else row for index, row in enumerate(rows)]
        mapping = compile_mapping(rows_run, self.tables)
        results = mapping.explain(self.variables)
        flags = check(rows_run, results, targets, self.known_paths, self.taken)
        has_row = {row.target for row in rows}
        return Preview(
            rows=[
                RowPreview(None, broken.get(index, ""))
                if rows_run[index] is _INERT
                else RowPreview(*_sends(result), [flag for flag in flags if flag.row == index])
                for index, result in enumerate(results)
            ],
            # A field whose row is broken is not missing: its row says what is wrong.
            missing={
                flag.target: flag.sentence
                for flag in flags
                if flag.row is None and flag.target not in has_row
            },
            would_send=_instead("Put the rows above right") if broken else self._would_send(action, mapping),
        )

    def _would_send(self, action: str, mapping: Compiled) -> Mapping[str, Any]:
        """`request` or, before there is an address, `payload`; or the `problem` that is in the way."""
        try:
            payload = mapping.apply(self.variables or {})
        except TooLong as error:
            return {"problem": error.sentence}
        if not payload:
            return {"problem": "Nothing of this lead would be sent."}
        return {"request": wizard.preview(self.standing, action=action, payload=payload), "payload": payload}


def _instead(what: str) -> Mapping[str, str]:
    return {"problem": f"{what} to see what would be sent."}


def _sends(result: RowResult) -> tuple[str | None, str]:
    if not result.sent:
        return None, result.why
    text = as_text(plain(result.value))
    return (text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"), result.why
