"""Where somebody lives: street, state and postal code."""

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from leadconduit.leads.types.parsed import BLANKS, LONGEST, Parsed, invalid, trim, valid

_STREET: Final = re.compile(rf"([^{BLANKS}]+)[{BLANKS}]+([^{BLANKS}][^\n\r\u2028\u2029]*)")

_UPPER: Final = str.maketrans(ascii_lowercase, ascii_uppercase)
_US: Final = re.compile(rf"([0-9]{{5}})[{BLANKS}]*-?[{BLANKS}]*([0-9]{{4}})?")
_CANADA: Final = re.compile(rf"([A-Z][0-9][A-Z])[{BLANKS}]*([0-9][A-Z][0-9])")
_BRITAIN: Final = re.compile(rf"([A-Z]{{1,2}}(?:[0-9]{{3}}|[0-9]{{1,2}}[A-Z]?))[{BLANKS}]*([0-9][A-Z]{{2}})")

_STATES: Final = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine",
    "MI": "Michigan", "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi", "MT": "Montana",
    "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NV": "Nevada", "NY": "New York", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VT": "Vermont", "WA": "Washington",
    "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
    # Territories, and states in free association
    "AS": "American Samoa", "FM": "Federated States of Micronesia", "GU": "Guam", "MH": "Marshall Islands",
    "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "PW": "Palau", "VI": "U.S. Virgin Islands",
    # Canada
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
    "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_BY_CODE_ONLY: Final = frozenset({"DC", "FM", "NL", "NT", "NU", "VI", "YT"})
"""LeadConduit knows these by their two letters only; by name they are a locality like any other."""
_CODES: Final = {
    **{code.lower(): code for code in _STATES},
    **{name.lower(): code for code, name in _STATES.items() if code not in _BY_CODE_ONLY},
}


def street(text: str) -> Parsed:
    """`number` is the first word, whatever it is, and `name` the rest; one word alone is no street."""
    trimmed = trim(text)
    found = _STREET.fullmatch(trimmed)
    return valid(trimmed, number=found[1], name=found[2]) if found else invalid(text)


def state(text: str) -> Parsed:
    """States of the US and provinces of Canada get their two letters; any other locality is valid as it is."""
    code = _CODES.get(text.lower())
    return valid(code, name=_STATES[code]) if code else valid(text, name=text)


def postal_code(text: str) -> Parsed:
    """Of the US (`zip`, `four`), Canada (`fsa`, `ldu`, `district`) or Great Britain (`outcode`, `incode`)."""
    code = trim(text).translate(_UPPER)
    if not code:
        return valid("", country_code="US", code=None, zip=None, four=None)
    if len(code) > LONGEST:
        return invalid(text)
    if found := _US.fullmatch(code):
        zip_code, four = found.groups()
        normal = f"{zip_code}-{four}" if four else zip_code
        return valid(normal, country_code="US", code=code, zip=zip_code, four=four)
    if found := _CANADA.fullmatch(code):
        fsa, ldu = found.groups()
        return valid(f"{fsa} {ldu}", country_code="CA", code=code, fsa=fsa, district=fsa[0], ldu=ldu)
    if found := _BRITAIN.fullmatch(code):
        outcode, incode = found.groups()
        return valid(f"{outcode} {incode}", country_code="GB", code=code, outcode=outcode, incode=incode)
    return invalid(text)
