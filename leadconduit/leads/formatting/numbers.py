"""Numbers as texts, in the formats of numeral.js 2.0.6, with its oddities."""

import math
import re
from bisect import bisect_right
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

from leadconduit.leads.formatting.locales import Locale, locale_named
from leadconduit.leads.formatting.problems import MAX_FORMAT

_Writer = Callable[[float, Locale], str]

_MOST_DECIMALS = 100
"""As many as JavaScript writes."""

_LARGEST = 1e300
"""What lies beyond cannot be told from infinity once it is in basis points."""

_EXPONENTS = 1e21
"""From here on JavaScript writes numbers with an exponent, on which numeral stumbles."""

_EXACT = 2**52
"""Below, a float lies nearer to one number of so many decimals than to the next."""

_SPACES = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def format_number(value: object, format: str | None, *, locale: str = "en") -> str | None:
    """Write a number as numeral would, or None when the value is no number (or the format longer than MAX_FORMAT).

    A number may be a text, as people write them in English: `1,234.5`, `$1,000`, `(12)`, `1.5k`, `50%`; the locale is
    that of the result. No format is `0,0`. An unknown locale is English; `format_problem` tells beforehand. Where
    numeral answers `NaN` (from 1e21 on, and under 0.000001), the number is written out. Never raises.
    """
    number = _number(value)
    if number is None or (format and len(format) > MAX_FORMAT):
        return None
    return _compiled(format or "0,0")(number, locale_named(locale))


_TEXT = re.compile(
    r"\s*(?P<sign>[(+-]{0,2})\s?\$?\s?(?P<inner>[(+-]?)"
    r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
    r"\s?(?P<scale>[kmbt]?)\s?(?P<percent>%?)(?P<closing>\)?)\s*"
)
_MAX_TEXT = 100
_SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}


def _number(value: object) -> float | None:
    try:
        if isinstance(value, str):
            return _number_in(value)
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return None
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) <= _LARGEST else None


def _number_in(text: str) -> float | None:
    match = _TEXT.fullmatch(text) if len(text) <= _MAX_TEXT else None
    if match is None:
        return None
    signs = match["sign"] + match["inner"]
    if signs.count("(") != len(match["closing"]):
        return None
    number = float(match["digits"].replace(",", "")) * _SCALES[match["scale"]]
    if match["percent"]:
        number *= 0.01
    return -number if (signs.count("-") + signs.count("(")) % 2 else number


@lru_cache(maxsize=1024)
def _compiled(format: str) -> _Writer:
    """The writer for the first kind of format that is recognised, in numeral's order."""
    if "BPS" in format:
        return _with_unit(format, "BPS", 10_000)
    if re.search(rf"[0{_SPACES}]i?b", format):
        return _bytes(format)
    if "$" in format:
        return _currency(format)
    if "e+" in format or "e-" in format:
        return _exponential(format)
    if "o" in format:
        return _ordinal(format)
    if "%" in format:
        return _with_unit(format, "%", 100)
    if ":" in format:
        return _time
    return _Figures.of(format).write


def _without(pattern: str, format: str) -> str:
    """A format without the first place where a unit stands, and the space before it."""
    return re.sub(pattern, "", format, count=1)


def _with_unit(format: str, unit: str, factor: int) -> _Writer:
    figures = _Figures.of(_without(rf"[{_SPACES}]?{unit}", format))
    written = f" {unit}" if f" {unit}" in format else unit

    def write(number: float, locale: Locale) -> str:
        text = figures.write(number * factor, locale)
        return f"{text[:-1]}{written}{text[-1:]}" if ")" in text else text + written

    return write


def _bytes(format: str) -> _Writer:
    figures = _Figures.of(_without(rf"[{_SPACES}]?i?b", format))
    base, infix = (1024, "i") if "ib" in format else (1000, "")
    space = " " if " b" in format or " ib" in format else ""

    def write(number: float, locale: Locale) -> str:
        if 0 < number < 1 or number < 0:
            return figures.write(number, locale) + space
        power = 0
        while power < 8 and number >= base ** (power + 1):
            power += 1
        unit = f"{'KMGTPEZY'[power - 1]}{infix}B" if power else "B"
        return figures.write(number / base**power, locale) + space + unit

    return write


def _currency(format: str) -> _Writer:
    around = f"+-()$|{_SPACES}"
    before = format[: len(format) - len(format.lstrip(around.replace(")", "")))]
    after = format[len(format.rstrip(around.replace("(", ""))) :]
    figures = _Figures.of(_without(rf"[{_SPACES}]?\$[{_SPACES}]?", format))
    positive = re.sub(r"[-(]", "", before, count=1), re.sub(r"[-)]", "", after, count=1)
    negative = before if "-" in before or "(" in before else f"-{before}", after

    def write(number: float, locale: Locale) -> str:
        text = figures.write(number, locale)
        before, after = positive if number >= 0 else negative
        return _placed(text, before, after, locale.currency)

    return write


def _placed(text: str, before: str, after: str, symbol: str) -> str:
    """A text with the currency and the spaces put in where the format has them, counted from its ends."""
    wider = len(symbol) - 1
    for place, sign in enumerate(before):
        if sign == "$":
            text = text[:place] + symbol + text[place:]
        elif sign == " ":
            text = text[: place + wider] + " " + text[place + wider :]
    for place, sign in enumerate(reversed(after)):
        if sign not in "$ ":
            continue
        if place == 0:
            text += symbol if sign == "$" else " "
            continue
        end = -place if sign == "$" else -(place + wider)
        text = text[:end] + (symbol if sign == "$" else " ") + text[end:]
    return text


def _exponential(format: str) -> _Writer:
    figures = _Figures.of(re.sub(r"e[+|-]0", "", format, count=1))

    def write(number: float, locale: Locale) -> str:
        mantissa, _, exponent = f"{Decimal(_digits(number)).normalize():e}".partition("e")
        return f"{figures.write(float(mantissa), locale)}e{exponent}"

    return write


def _ordinal(format: str) -> _Writer:
    figures = _Figures.of(_without(rf"[{_SPACES}]?o", format))
    space = " " if " o" in format else ""
    return lambda number, locale: f"{figures.write(number, locale)}{space}{locale.ordinal_number(number)}"


def _time(number: float, _: Locale) -> str:
    """Seconds as hours, minutes and seconds, whatever the format says around its colon."""
    hours = math.floor(number / 60 / 60)
    rest = number - float(hours) * 60 * 60
    minutes = math.floor(rest / 60)
    return f"{_digits(float(hours))}:{minutes:02d}:{_rounded(rest - minutes * 60):02d}"


class _Figures(NamedTuple):
    """How a number's figures are written: a format without its unit, taken apart."""

    parentheses: bool
    plus: int
    """Where the format has `+`, or -1; and where `-`."""
    minus: int
    abbreviated: bool
    forced: str
    """The abbreviation `k`, `m`, `b` or `t` that the format asks for whatever the size."""
    space: str
    least: int
    most: int
    """Decimals."""
    decimals_when_whole: bool
    grouped: bool
    width: int
    """Figures before the point, filled with zeros."""
    whole: bool
    """Is the part before the point written at all?"""

    @classmethod
    def of(cls, format: str) -> "_Figures":
        parentheses, plus, minus = "(" in format, -1, -1
        if parentheses:
            format = re.sub(r"[()|]", "", format)
        else:
            plus, minus = format.find("+"), format.find("-")
            if plus >= 0 or minus >= 0:
                format = re.sub(r"[+|-]", "", format)
        abbreviation = re.search("a([kmbt]?)", format)
        space = " " if " a" in format else ""
        if abbreviation:
            format = re.sub(f"{space}a[kmbt]?", "", format, count=1)
        decimals_when_whole = "[.]" not in format
        format = format.replace("[.]", ".", 1)
        whole, *others = format.split(".")
        precision = others[0] if others else ""
        fixed, *optional = precision.replace("]", "", 1).split("[") if "[" in precision else (precision,)
        return cls(
            parentheses,
            plus,
            minus,
            abbreviation is not None,
            abbreviation[1] if abbreviation else "",
            space,
            len(fixed),
            len(fixed) + len(optional[0] if optional else ""),
            decimals_when_whole,
            "," in format,
            whole.split(",")[0].count("0"),
            not format.startswith("."),
        )

    def write(self, number: float, locale: Locale) -> str:
        sign_at = self.plus if self.plus >= 0 or number >= 0 else self.minus
        abbreviation = ""
        if self.abbreviated:
            number, abbreviation = self._scaled(number, locale)
        whole, _, decimals = _fixed(number, self.least, self.most).partition(".")
        if abbreviation and not self.forced:
            whole, abbreviation = _scaled_again(whole, abbreviation, locale)
        negative = whole[0] == "-"
        whole = whole.lstrip("-").rjust(self.width, "0") if self.whole else ""
        if self.grouped:
            whole = _grouped(whole, locale.thousands)
        if decimals and (self.decimals_when_whole or decimals.strip("0")):
            whole += locale.decimal + decimals
        return self._signed(whole + abbreviation, negative, sign_at)

    def _scaled(self, number: float, locale: Locale) -> tuple[float, str]:
        """The number in thousands, millions ..., and what says so."""
        scale = "kmbt".find(self.forced) if self.forced else bisect_right(_ABBREVIATED, abs(number)) - 1
        if scale < 0:
            return number, self.space
        return number / _ABBREVIATED[scale], self.space + locale.abbreviations[scale]

    def _signed(self, text: str, negative: bool, sign_at: int) -> str:
        if self.parentheses:
            return f"({text})" if negative else text
        if sign_at < 0:
            return f"-{text}" if negative else text
        sign = "-" if negative else "+"
        return sign + text if sign_at == 0 else text + sign


_ABBREVIATED = (1e3, 1e6, 1e9, 1e12)


def _scaled_again(whole: str, abbreviation: str, locale: Locale) -> tuple[str, str]:
    """What rounding made a thousand of something is one of the next; as numeral does it, not after a space."""
    thousands = float(whole) / 1000
    *smaller, trillion = locale.abbreviations
    if thousands < 1 or abbreviation == trillion:
        return whole, abbreviation
    if abbreviation in smaller:
        abbreviation = locale.abbreviations[smaller.index(abbreviation) + 1]
    return _digits(thousands), abbreviation


def _grouped(whole: str, separator: str) -> str:
    first = len(whole) % 3
    if len(whole) <= 3:
        return whole
    if "." in whole:  # _scaled_again
        before, _, after = whole.partition(".")
        return f"{_grouped(before, separator)}.{_grouped(after, separator)}"
    groups = [whole[at : at + 3] for at in range(first, len(whole), 3)]
    return separator.join([whole[:first], *groups] if first else groups)


def _fixed(number: float, least: int, most: int) -> str:
    """A number with `most` decimals, of which zeros at the end may be missing down to `least`."""
    digits = _digits(number)
    point = digits.find(".")
    decimals = least if point < 0 else min(max(len(digits) - point - 1, least), most)
    decimals = min(decimals, _MOST_DECIMALS)
    if abs(number) < _EXPONENTS:
        # Moved by decimal exponent and rounded, so that 1.005 is 1.01; a negative zero loses its sign.
        moved = _rounded(float(f"{digits}e{decimals}"))
        number = moved / 10.0**decimals + 0.0
        text = f"{number:.{decimals}f}" if -_EXACT < moved < _EXACT else _half_up(number, decimals)
    else:
        text = f"{Decimal(digits):.{decimals}f}"
    spare = decimals - least
    if spare <= 0:
        return text
    kept = max(len(text.rstrip("0")), len(text) - spare)
    return text[:kept].removesuffix(".")


def _half_up(number: float, decimals: int) -> str:
    """For what may lie just between two numbers of so many decimals: Python would take the even one."""
    with localcontext(prec=400):
        return f"{Decimal(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"


def _rounded(number: float) -> int:
    """Halves go up, as in JavaScript."""
    below = math.floor(number)
    return below + 1 if number - below >= 0.5 else below


def _digits(number: float) -> str:
    """The shortest figures that mean this number, without an exponent, and without `.0`."""
    text = repr(number)
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")
