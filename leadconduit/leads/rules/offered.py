"""Which operators make sense of which type of value."""

from typing import Final

from leadconduit.leads.rules.operators import OPERATORS

_B: Final = ("is blank", "is not blank")
_E: Final = ("is equal to", "is not equal to")
_O: Final = ("is less than", "is less than or equal to", "is greater than", "is greater than or equal to")
_F: Final = ("format is valid", "format is invalid")
_X: Final = ("is obscene", "is not obscene")
_I: Final = ("includes", "does not include", "is included in", "is not included in")
_P: Final = ("matches pattern", "does not match pattern")
_R: Final = ("is between", "is not between")
_T: Final = ("is true", "is not true", "is false", "is not false")

# As the published types of LeadConduit (leadconduit-types 4.23.2) were observed to allow them.
_BY_TYPE: Final = {
    "boolean": (*_T, *_B, *_F),
    **dict.fromkeys(("city", "email", "street"), (*_E, *_B, *_X, *_F, *_I, *_P)),
    "string": (*_E, *_B, *_X, *_I, *_P),
    **dict.fromkeys(("first_name", "last_name"), (*_E, *_B, *_X, *_F, *_P)),
    "state": (*_E, *_B, *_X, *_I),
    "url": (*_E, *_B, *_X, *_F, *_I),
    "credential": (*_E, *_B, *_I),
    **dict.fromkeys(("date", "dob", "time"), (*_E, *_O, *_B, *_F, *_R)),
    "number": (*_E, *_O, *_B, *_F, *_I, *_R),
    "range": (*_E, *_O, *_B, *_F, *_I),
    **dict.fromkeys(("phone", "ip", "ssn"), (*_E, *_B, *_F, *_I)),
    "postal_code": (*_E, *_B, *_F, *_I, *_P),
    "gender": (*_E, *_B, *_F),
    "trustedform_url": (*_B, *_F),
    "array": (*_E, *_B, *_I),  # a type of standard fields, of which that package says nothing
}


def operators_for(type: str | None) -> tuple[str, ...]:
    """The operators to offer for a field's type; all of them where there is no type, as in what a step appended."""
    return _BY_TYPE.get(type or "", OPERATORS)
