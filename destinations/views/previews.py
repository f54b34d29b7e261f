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
)
from destinations.mapping import Mapping as Compiled
from destinations.platforms.port import PlatformError, Targets
from destinations.wizard import Standing
from destinations.wizard.completeness import RowProblem
from leadconduit.leads.bounds import TooLong
from leadconduit.leads.values import as_text, plain

MOST_SHOWN = 200
"""Characters of a value beside its row."""


_INERT = MappingRow("-")
"""Sends nothing, and is in nobody's way."""


class RowPreview(NamedTuple):
    """`sends` is the value for reading, None where nothing is sent; `why` may say more. What is wrong with a row that is
    `broken` stands at its fields."""

    sends: str | None
    why: str = ""
    flags: Sequence[Flag] = ()
    broken: bool = False

    @property
    def needs_attention(self) -> bool:
        return self.broken or any(flag.kind != "note" for flag in self.flags)


class Preview(NamedTuple):
    """An action's. `missing` are flags of target fields without a row, by the field's key."""

    rows: Sequence[RowPreview]
    missing: Mapping[str, str]
    would_send: Mapping[str, Any]

    @property
    def attention(self) -> int:
        """How many fields need it."""
        return sum(row.needs_attention for row in self.rows) + len(self.missing)


class Previewing(NamedTuple):
    """What the previews of all actions of a page have in common. Without `variables` the sample is none.

    `taken` are the fields that the account's flows take.
    """

    standing: Standing
    tables: Sequence[Table]
    variables: Mapping[str, Any] | None
    known_paths: Mapping[str, str]
    taken: Sequence[str] = ()

    def of(
        self, action: str, rows: Sequence[MappingRow], targets: Targets, found: Sequence[RowProblem]
    ) -> Preview:
        """Rows that have mistakes, which `found` are, make nothing; so does the whole, as long as there are any."""
        broken = {index for index, _, _ in found if index >= 0}
        if self.variables is None:
            instead = [RowPreview(None, broken=index in broken) for index in range(len(rows))]
            return Preview(instead, {}, _instead("Put the sample lead right"))
        blank = {index for index, row in enumerate(rows) if is_blank_row(row)}
        # What cannot run stands in the list all the same: rows are told by their numbers.
        rows_run = [_INERT if index in blank or index in broken else row for index, row in enumerate(rows)]
        mapping = compile_mapping(rows_run, self.tables)
        results = mapping.explain(self.variables)
        flags = check(rows_run, results, targets, self.known_paths, self.taken)
        has_row = {row.target for row in rows}
        of_rows: dict[int | None, list[Flag]] = {}
        for flag in flags:
            of_rows.setdefault(flag.row, []).append(flag)
        return Preview(
            rows=[
                RowPreview(None, broken=index in broken)
                if rows_run[index] is _INERT
                else _previewed(result, of_rows.get(index, ()))
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
        try:
            request = wizard.preview(self.standing, action=action, payload=payload)
        except PlatformError as refused:
            return {"problem": refused.sentence}
        return {"request": request, "payload": payload}


def _instead(what: str) -> Mapping[str, str]:
    return {"problem": f"{what} to see what would be sent."}


def _previewed(result: RowResult, flags: Sequence[Flag]) -> RowPreview:
    # A flag that says why says it better: it is seen.
    why = "" if any(flag.sentence == result.why for flag in flags) else result.why
    if not result.sent:
        return RowPreview(None, why, flags)
    text = as_text(plain(result.value))
    return RowPreview(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…", why, flags)
