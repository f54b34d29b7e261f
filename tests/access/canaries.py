"""Secrets that are told from everything else, and the forms in which one might be found again."""

import base64
import itertools
from dataclasses import dataclass, field

from destinations.fields import FieldSpec

LETTERS = "c4naRy"


@dataclass
class Canaries:
    """`planted`: of each, the part that is the same in every spelling, and what it is."""

    planted: dict[str, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def plant(self, what: str, before: str = "", after: str = "") -> str:
        """A new one: letters and digits between signs that are spelt in many ways."""
        core = f"{LETTERS}{next(self._numbers):04d}x9Qf3Kw7"
        self.planted[core] = what
        return f"{before}{core}{after}"

    def fitting(self, spec: FieldSpec, what: str) -> str:
        """For a field that may have wishes of its own."""
        wishes = [("s\"e'c+/&%é ", " <r\\t>"), ("se+/", "="), ("", ""), ("", "-us6")]
        for before, after in wishes:
            if not spec.problem(f"{before}{LETTERS}{after}"):
                return self.plant(what, before, after)
        return base64.b64encode(self.plant(what, after="0" * 12).encode()).decode()

    def found_in(self, text: str) -> set[str]:
        """What they are that stand in a text: as they are, in base64 or in hex."""
        if not any(stem in text for stem in STEMS):
            return set()
        return {what for core, what in self.planted.items() if any(form in text for form in forms_of(core))}


def forms_of(core: str) -> set[str]:
    """Percent signs, backslashes and entities change no letter and no digit: these are left."""
    forms = {core, core.encode().hex(), core.encode().hex().upper()}
    for shift, cut in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(bytes(shift) + core.encode()).decode()
        whole = (shift + len(core)) * 8 // 6
        forms.add(encoded[cut:whole])
    return forms


STEMS = forms_of(LETTERS)
"""With one of which each of them begins, whatever the form."""
