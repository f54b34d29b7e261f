"""Texts in rules, of each format that our description names."""

from typing import Final

from hypothesis import strategies as st

TEMPLATES: Final = st.sampled_from(
    [
        "{{lead.state}}",
        "{{lowercase lead.city}} of {{lead.state}}",
        '{{format lead.dob format="YYYY"}}',
        "{{math '1 + lead.age'}}",
    ]
)
WORDS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0{}"), max_size=20)
NUMBERS: Final = st.integers(-(10**9), 10**9).map(str) | st.decimals(-1000, 1000, places=2).map(str)
DATES: Final = st.dates().map(str) | st.datetimes().map(lambda at: at.isoformat(timespec="seconds") + "Z")

STRATEGIES: Final = {
    "variable": TEMPLATES
    | st.sampled_from(["lead.state", "lead.dob.year", "flow.id", "type", "vars.lead.phone_1.area"]),
    "template": TEMPLATES | WORDS,
    "values": TEMPLATES
    | WORDS.filter(lambda text: any(item.strip() for item in text.replace("\n", ",").split(","))),
    "measure": TEMPLATES | NUMBERS | DATES,
    "range": TEMPLATES
    | NUMBERS
    | DATES
    | st.sampled_from(["18-65", "18 to 65", "18+", "2030-01-01 to 2030-06-30"]),
    "pattern": TEMPLATES
    | st.sampled_from(["^787", r"/^\d{5}(-\d{4})?$/i", "(?<=a)b", r"(.)\1", "[^@]+@example\\.com", "a|b"]),
}
