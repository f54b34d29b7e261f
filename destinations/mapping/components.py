"""Which components a lead's field has, by its type: what can be written after its name, as in `lead.phone_1.area`."""

from functools import cache

from leadconduit.leads import types
from leadconduit.leads.values import is_typed

_EXAMPLES = {
    "dob": ("1985-12-10",),
    "email": ("ada@example.com",),
    "ip": ("192.0.2.1", "2001:db8::1"),
    "phone": ("512 789 0134",),
    "postal_code": ("78704-4224", "K1A 0B1", "SW1A 1AA"),
    "ssn": ("123-45-6789",),
    "street": ("12 Harbor Street",),
    "trustedform_url": (f"https://cert.trustedform.com/{'0a' * 20}",),
    "url": ("https://example.com:8000/a?b#c",),
}
"""Of the types that give a value its components only where they understand it, one for each kind of value."""


def components_of(type: str | None) -> frozenset[str]:
    """All that there may be for a type; of every type where it is not known which it is."""
    if type is None:
        return frozenset().union(*map(components_of, types.TYPES))
    return _components_of(type)


@cache
def _components_of(type: str) -> frozenset[str]:
    if type not in types.TYPES:
        return frozenset()
    values = [types.parse(type, text) for text in _EXAMPLES.get(type, ("?",))]
    return frozenset().union(*(value for value in values if isinstance(value, dict) and is_typed(value)))
