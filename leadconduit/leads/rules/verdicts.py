"""What a rule set came to, as a tree of the same shape, and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from leadconduit.leads.rules.operators import BINARY
from leadconduit.leads.values import as_text, is_blank

_LONGEST = 80
_MOST_ITEMS = 5


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, the values it compared, without their components, and whether it held.

    `notes` say why a value could not be compared. `unjudged` says why the rule was not judged at all; that happens only
    where the verdict of the whole set did not depend on it.
    """

    matched: bool
    lhv: str
    op: str
    left: object
    right: object = None
    notes: tuple[str, ...] = ()
    unjudged: str = ""

    @property
    def sentence(self) -> str:
        """For people: `lead.state is equal to "CA": no, it is "TX"`."""
        asked = f"{self.lhv} {self.op}{f' {_quoted(self.right)}' if self.op in BINARY else ''}"
        if self.unjudged:
            return f"{asked}: not judged. {self.unjudged}"
        found = "blank" if is_blank(self.left) else _quoted(self.left)
        notes = f" ({'; '.join(dict.fromkeys(self.notes))})" if self.notes else ""
        return f"{asked}: {'yes' if self.matched else 'no'}, it is {found}{notes}"


def _quoted(value: object) -> str:
    if isinstance(value, list) and value:
        more = f" and {len(value) - _MOST_ITEMS} more" if len(value) > _MOST_ITEMS else ""
        return ", ".join(map(_quoted, value[:_MOST_ITEMS])) + more
    text = as_text(value)
    return f'"{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"}"'


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule set matched, and why: what every one of its rules and rule sets came to, in their order.

    A rule with a `rule_set` of its own stands here as an "and" of the two.
    """

    matched: bool
    explanation: tuple["RuleVerdict | Verdict", ...]
    op: str = "and"

    def rules(self) -> Iterator[RuleVerdict]:
        """Every single rule, however deep."""
        for part in self.explanation:
            if isinstance(part, Verdict):
                yield from part.rules()
            else:
                yield part

    def to_json(self) -> dict[str, Any]:
        """`{"op", "matched", "rules": [{"sentence", "matched"} or the same again]}`, for an event."""
        return {
            "op": self.op,
            "matched": self.matched,
            "rules": [
                part.to_json()
                if isinstance(part, Verdict)
                else {"sentence": part.sentence, "matched": part.matched}
                for part in self.explanation
            ],
        }


def sentences(explained: Mapping[str, Any]) -> list[str]:
    """The sentence of every single rule in what `Verdict.to_json` wrote, or in an empty object."""
    said: list[str] = []
    for part in explained.get("rules", ()):
        said += [part["sentence"]] if "sentence" in part else sentences(part)
    return said
