"""How dates and numbers are written where: what moment's and numeral's locale files answer, as compact tables."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import fmod
from typing import NamedTuple


class Names(NamedTuple):
    """A language's names, months from January and weekdays from Sunday, with what depends on their neighbours."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    shortest_weekdays: tuple[str, ...]
    months_in_date: tuple[str, ...] = ()
    """Other names of the months where a format matches `in_date`, as the Polish genitive after a day."""
    short_months_in_date: tuple[str, ...] = ()
    in_date: re.Pattern[str] | None = None


class Locale(NamedTuple):
    """What a locale knows. `ordinal_date` and `ordinal_number` give the whole text and only the ending."""

    names: Names
    long_formats: Mapping[str, str]
    first_weekday: int
    """0 is Sunday."""
    first_week: int
    """The first week of a year is the one with this day of January."""
    ordinal_date: Callable[[int, str], str]
    """The number and the token that asks (`D`, `DDD`, `d`, `w`, `W`, `M`, `Q`, `y`)."""
    thousands: str
    decimal: str
    abbreviations: tuple[str, str, str, str]
    """For thousand, million, billion and trillion."""
    currency: str
    ordinal_number: Callable[[float], str]


@lru_cache(maxsize=256)
def locale_named(name: str) -> Locale:
    """The locale of this name, or of its language (`fr-BE` is French), or else English."""
    return LOCALES[known_name(name) or "en"]


def known_name(name: str) -> str | None:
    """The key in LOCALES under which a name is known, by itself or by its language; any case, `-` or `_`."""
    key = name.strip().lower().replace("_", "-")
    key = _OTHER_NAMES.get(key, key)
    while key not in LOCALES:
        key, dash, _ = key.rpartition("-")
        if not dash:
            return None
    return key


_OTHER_NAMES = {"no": "nb", "no-no": "nb", "nn": "nb", "pt-pt": "pt"}


def _english(number: int, _: str) -> str:
    return f"{number}{_english_ending(number)}"


def _english_ending(number: float) -> str:
    if int(fmod(number, 100) / 10) == 1:
        return "th"
    endings: dict[float, str] = {1: "st", 2: "nd", 3: "rd"}
    return endings.get(fmod(number, 10), "th")


def _french(number: int, unit: str) -> str:
    if unit == "D":
        return f"{number}er" if number == 1 else str(number)
    return _modern_french(number, unit)


def _modern_french(number: int, unit: str) -> str:
    if number != 1:
        return f"{number}e"
    return "1re" if unit in ("w", "W") else "1er"


def _french_ending(number: float) -> str:
    return "er" if number == 1 else "e"


def _spanish_ending(number: float) -> str:
    endings: dict[float, str] = {0: "mo", 1: "er", 2: "do", 3: "er", 7: "mo", 8: "vo", 9: "no"}
    return endings.get(fmod(number, 10), "to")


def _dutch(number: int, _: str) -> str:
    return f"{number}ste" if number in (1, 8) or number >= 20 else f"{number}de"


def _dutch_ending(number: float) -> str:
    rest = fmod(number, 100)
    return "ste" if (number != 0 and rest <= 1) or rest == 8 or rest >= 20 else "de"


def _swedish(number: int, _: str) -> str:
    return f"{number}:{_swedish_letter(number)}"


def _swedish_ending(number: float) -> str:
    return f":{_swedish_letter(number)}"


def _swedish_letter(number: float) -> str:
    return "a" if fmod(number, 10) in (1, 2) and int(fmod(number, 100) / 10) != 1 else "e"


def _with(ending: str) -> Callable[[int, str], str]:
    return lambda number, _: f"{number}{ending}"


def _always(ending: str) -> Callable[[float], str]:
    return lambda _: ending


def _long_formats(
    date: str, month: str, weekday: str, time: str, *, at: str = "", **others: str
) -> dict[str, str]:
    """The localized tokens, from the formats of a date in figures, with its month, with its weekday, and of a time.

    `at` stands between date and time. The small tokens shorten their great ones: months, weekdays and days lose
    their long forms.
    """
    great = {
        "LT": time,
        "LTS": time.replace("mm", "mm:ss"),
        "L": date,
        "LL": month,
        "LLL": f"{month} {at}{time}",
        "LLLL": f"{weekday} {at}{time}",
    }
    small = {token.lower(): _shortened(great[token]) for token in ("L", "LL", "LLL", "LLLL")}
    return great | small | others


def _shortened(long_format: str) -> str:
    return re.sub("MMMM|MM|DD|dddd", lambda token: token[0][1:], long_format)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BETWEEN_DASHES = re.compile("-MMM-")

_ENGLISH = Names(
    _words("January February March April May June July August September October November December"),
    _words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    _words("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
    _words("Sun Mon Tue Wed Thu Fri Sat"),
    _words("Su Mo Tu We Th Fr Sa"),
)
_FRENCH = Names(
    _words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    _words("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    _words("dimanche lundi mardi mercredi jeudi vendredi samedi"),
    _words("dim. lun. mar. mer. jeu. ven. sam."),
    _words("di lu ma me je ve sa"),
)
_SPANISH = Names(
    _words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    _words("ene. feb. mar. abr. may. jun. jul. ago. sep. oct. nov. dic."),
    _words("domingo lunes martes miércoles jueves viernes sábado"),
    _words("dom. lun. mar. mié. jue. vie. sáb."),
    _words("do lu ma mi ju vi sá"),
    short_months_in_date=_words("ene feb mar abr may jun jul ago sep oct nov dic"),
    in_date=_BETWEEN_DASHES,
)
_GERMAN = Names(
    _words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    _words("Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez."),
    _words("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
    _words("So. Mo. Di. Mi. Do. Fr. Sa."),
    _words("So Mo Di Mi Do Fr Sa"),
)
_ITALIAN = Names(
    _words("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
    _words("gen feb mar apr mag giu lug ago set ott nov dic"),
    _words("domenica lunedì martedì mercoledì giovedì venerdì sabato"),
    _words("dom lun mar mer gio ven sab"),
    _words("do lu ma me gi ve sa"),
)
_BRAZILIAN = Names(
    _words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
    _words("jan fev mar abr mai jun jul ago set out nov dez"),
    _words("domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"),
    _words("dom seg ter qua qui sex sáb"),
    _words("do 2ª 3ª 4ª 5ª 6ª sá"),
)
_PORTUGUESE = _BRAZILIAN._replace(
    weekdays=_words("Domingo Segunda-feira Terça-feira Quarta-feira Quinta-feira Sexta-feira Sábado"),
    short_weekdays=_words("Dom Seg Ter Qua Qui Sex Sáb"),
    shortest_weekdays=_words("Do 2ª 3ª 4ª 5ª 6ª Sá"),
)
_DUTCH = Names(
    _words("januari februari maart april mei juni juli augustus september oktober november december"),
    _words("jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec."),
    _words("zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"),
    _words("zo. ma. di. wo. do. vr. za."),
    _words("zo ma di wo do vr za"),
    short_months_in_date=_words("jan feb mrt apr mei jun jul aug sep okt nov dec"),
    in_date=_BETWEEN_DASHES,
)
_SWEDISH = Names(
    _words("januari februari mars april maj juni juli augusti september oktober november december"),
    _words("jan feb mar apr maj jun jul aug sep okt nov dec"),
    _words("söndag måndag tisdag onsdag torsdag fredag lördag"),
    _words("sön mån tis ons tors fre lör"),
    _words("sö må ti on to fr lö"),
)
_DANISH = Names(
    _words("januar februar marts april maj juni juli august september oktober november december"),
    _words("jan feb mar apr maj jun jul aug sep okt nov dec"),
    _words("søndag mandag tirsdag onsdag torsdag fredag lørdag"),
    _words("søn man tir ons tor fre lør"),
    _words("sø ma ti on to fr lø"),
)
_NORWEGIAN = Names(
    _words("januar februar mars april mai juni juli august september oktober november desember"),
    _words("jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des."),
    _words("søndag mandag tirsdag onsdag torsdag fredag lørdag"),
    _words("sø. ma. ti. on. to. fr. lø."),
    _words("sø ma ti on to fr lø"),
)
_POLISH = Names(
    _words(
        "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
    ),
    _words("sty lut mar kwi maj cze lip sie wrz paź lis gru"),
    _words("niedziela poniedziałek wtorek środa czwartek piątek sobota"),
    _words("ndz pon wt śr czw pt sob"),
    _words("Nd Pn Wt Śr Cz Pt So"),
    months_in_date=_words(
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    ),
    in_date=re.compile(r"D\.? MMMM"),
)

_SUNDAY, _MONDAY = 0, 1
_KMBT = ("k", "m", "b", "t")
_AMERICAN_TIME = "h:mm A"
_DE = "D [de] MMMM [de] YYYY"

_EN = Locale(
    _ENGLISH,
    _long_formats("MM/DD/YYYY", "MMMM D, YYYY", "dddd, MMMM D, YYYY", _AMERICAN_TIME),
    _SUNDAY,
    1,
    _english,
    thousands=",",
    decimal=".",
    abbreviations=_KMBT,
    currency="$",
    ordinal_number=_english_ending,
)
_FR = Locale(
    _FRENCH,
    _long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
    _MONDAY,
    4,
    _french,
    thousands=" ",
    decimal=",",
    abbreviations=_KMBT,
    currency="€",
    ordinal_number=_french_ending,
)
_ES = Locale(
    _SPANISH,
    _long_formats("DD/MM/YYYY", _DE, f"dddd, {_DE}", "H:mm"),
    _MONDAY,
    4,
    _with("º"),
    thousands=".",
    decimal=",",
    abbreviations=("k", "mm", "b", "t"),
    currency="$",
    ordinal_number=_spanish_ending,
)
_PT = Locale(
    _PORTUGUESE,
    _long_formats("DD/MM/YYYY", _DE, f"dddd, {_DE}", "HH:mm"),
    _MONDAY,
    4,
    _with("º"),
    thousands=" ",
    decimal=",",
    abbreviations=_KMBT,
    currency="€",
    ordinal_number=_always("º"),
)
_NL = Locale(
    _DUTCH,
    _long_formats("DD-MM-YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
    _MONDAY,
    4,
    _dutch,
    thousands=".",
    decimal=",",
    abbreviations=("k", "mln", "mrd", "bln"),
    currency="€ ",
    ordinal_number=_dutch_ending,
)
_GERMANY = Locale(
    _GERMAN,
    _long_formats("DD.MM.YYYY", "D. MMMM YYYY", "dddd, D. MMMM YYYY", "HH:mm"),
    _MONDAY,
    4,
    _with("."),
    thousands=" ",
    decimal=",",
    abbreviations=_KMBT,
    currency="€",
    ordinal_number=_always("."),
)

LOCALES: Mapping[str, Locale] = {
    "en": _EN,
    "en-gb": _EN._replace(
        long_formats=_long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd, D MMMM YYYY", "HH:mm"),
        first_weekday=_MONDAY,
        first_week=4,
        currency="£",
    ),
    "en-ca": _EN._replace(
        long_formats=_long_formats("YYYY-MM-DD", "MMMM D, YYYY", "dddd, MMMM D, YYYY", _AMERICAN_TIME)
    ),
    "en-au": _EN._replace(
        long_formats=_long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd, D MMMM YYYY", _AMERICAN_TIME),
        first_week=3,
    ),
    "en-nz": _EN._replace(
        long_formats=_long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd, D MMMM YYYY", _AMERICAN_TIME),
        first_weekday=_MONDAY,
        first_week=4,
    ),
    "en-ie": _EN._replace(
        long_formats=_long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
        first_weekday=_MONDAY,
        first_week=4,
        currency="€",
    ),
    "fr": _FR,
    "fr-ca": _FR._replace(
        long_formats=_long_formats("YYYY-MM-DD", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
        first_weekday=_SUNDAY,
        first_week=1,
        ordinal_date=_modern_french,
        abbreviations=("k", "M", "G", "T"),
        currency="$",
    ),
    "fr-ch": _FR._replace(
        long_formats=_long_formats("DD.MM.YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
        ordinal_date=_modern_french,
        thousands="'",
        decimal=".",
        currency="CHF",
    ),
    "es": _ES,
    "es-es": _ES._replace(currency="€"),
    "es-us": _ES._replace(
        long_formats=_long_formats("MM/DD/YYYY", _DE, f"dddd, {_DE}", _AMERICAN_TIME),
        first_weekday=_SUNDAY,
        first_week=1,
        thousands=",",
        decimal=".",
    ),
    "es-mx": _ES._replace(first_weekday=_SUNDAY, first_week=3, thousands=",", decimal="."),
    "de": _GERMANY,
    "de-at": _GERMANY._replace(
        names=_GERMAN._replace(
            months=("Jänner", *_GERMAN.months[1:]), short_months=("Jän.", *_GERMAN.short_months[1:])
        )
    ),
    "de-ch": _GERMANY._replace(
        names=_GERMAN._replace(short_weekdays=_GERMAN.shortest_weekdays), currency="CHF"
    ),
    "it": Locale(
        _ITALIAN,
        _long_formats("DD/MM/YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
        _MONDAY,
        4,
        _with("º"),
        thousands=".",
        decimal=",",
        abbreviations=("mila", "mil", "b", "t"),
        currency="€",
        ordinal_number=_always("º"),
    ),
    "pt": _PT,
    "pt-br": _PT._replace(
        names=_BRAZILIAN,
        long_formats=_long_formats("DD/MM/YYYY", _DE, f"dddd, {_DE}", "HH:mm", at="[às] "),
        first_weekday=_SUNDAY,
        first_week=1,
        thousands=".",
        abbreviations=("mil", "milhões", "b", "t"),
        currency="R$",
    ),
    "nl": _NL,
    "nl-be": _NL._replace(
        long_formats=_long_formats("D/MM/YYYY", "D MMMM YYYY", "dddd D MMMM YYYY", "HH:mm"),
        thousands=" ",
        abbreviations=("k", " mln", " mld", " bln"),
    ),
    "sv": Locale(
        _SWEDISH,
        _long_formats(
            "YYYY-MM-DD",
            "D MMMM YYYY",
            "dddd D MMMM YYYY",
            "HH:mm",
            at="[kl.] ",
            lll="D MMM YYYY HH:mm",
            llll="ddd D MMM YYYY HH:mm",
        ),
        _MONDAY,
        4,
        _swedish,
        thousands=" ",
        decimal=",",
        abbreviations=("k", "mn", "md", "bn"),
        currency="kr",
        ordinal_number=_swedish_ending,
    ),
    "da": Locale(
        _DANISH,
        _long_formats("DD.MM.YYYY", "D. MMMM YYYY", "", "HH:mm")
        | {"LLLL": "dddd [d.] D. MMMM YYYY [kl.] HH:mm", "llll": "ddd [d.] D. MMM YYYY [kl.] HH:mm"},
        _MONDAY,
        4,
        _with("."),
        thousands=".",
        decimal=",",
        abbreviations=("k", "mio", "mia", "b"),
        currency="DKK",
        ordinal_number=_always("."),
    ),
    "nb": Locale(
        _NORWEGIAN,
        _long_formats("DD.MM.YYYY", "D. MMMM YYYY", "dddd D. MMMM YYYY", "HH:mm", at="[kl.] "),
        _MONDAY,
        4,
        _with("."),
        thousands=" ",
        decimal=",",
        abbreviations=_KMBT,
        currency="kr",
        ordinal_number=_always("."),
    ),
    "pl": Locale(
        _POLISH,
        _long_formats("DD.MM.YYYY", "D MMMM YYYY", "dddd, D MMMM YYYY", "HH:mm"),
        _MONDAY,
        4,
        _with("."),
        thousands=" ",
        decimal=",",
        abbreviations=("tys.", "mln", "mld", "bln"),
        currency="PLN",
        ordinal_number=_always("."),
    ),
}
"""The locales by name. What numeral has no locale for (en-ca, en-nz, en-ie, es-us, es-mx, de-at, sv) has numbers as its
people write them. The Spanish of numeral's `es` writes the dollar, that of its `es-es` the euro."""
