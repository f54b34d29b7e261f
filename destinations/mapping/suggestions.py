"""Which of a lead's fields a receiver's field probably wants: by name, label, synonym and type, with a reason."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from destinations.platforms.port import TargetField
from leadconduit.leads.template import compile_template

LEAST = 40
"""Below this confidence nothing is suggested."""

DECLARED, SAME_NAME, SAME_LABEL, SYNONYM, SYNONYMS, SAME_WORDS, ONLY_ONE = 99, 90, 86, 82, 76, 70, 45
AGREES, DISAGREES, USED, LATER = 6, -25, -3, -2
"""What types, another target with the same source, and each better field of the same meaning do to a confidence."""

UNLIKELY = 0.6
"""What is left of a confidence where no flow takes the field, or the sample's value is none of the target's choices: never
enough to be accepted together with others."""


@dataclass(frozen=True, slots=True)
class SourceField:
    """Something that a template can name: `path` as it stands between braces, `type` one of a lead's field types.

    `sample` is what it is in the sample lead, as a text; "" where it is not in it.
    `taken` is false for a field that none of the account's flows takes: no lead has it.
    """

    path: str
    name: str = ""
    type: str = ""
    sample: str = ""
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`path` is "" where the template takes several fields. `confidence` is 0 to 100, `reason` for people."""

    path: str
    template: str
    confidence: int
    reason: str


MEANINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("first_name",),
        "first name, fname, f name, firstname, given name, forename, name first, first, christian name",
    ),
    (
        ("last_name",),
        "last name, lname, l name, lastname, surname, family name, name last, last, second name",
    ),
    (("middle_name",), "middle name, mname, middle initial, mi, middle"),
    (("salutation",), "salutation, prefix, name prefix, honorific, courtesy title"),
    (("name_suffix",), "name suffix, suffix, generational suffix"),
    (
        ("email",),
        "email, e mail, email address, e mail address, mail, email 1, primary email, personal email",
    ),
    (("work_email", "email"), "work email, business email, company email, email 2, secondary email"),
    (
        ("phone_1", "phone_2", "phone_3"),
        (
            "phone, phone 1, phone number, telephone, telephone number, tel, primary phone, home phone, day phone, "
            "daytime phone, contact number, contact phone, phone home"
        ),
    ),
    (
        ("phone_2", "phone_1", "phone_3"),
        (
            "phone 2, mobile, mobile phone, mobile number, cell, cell phone, cellphone, cellular, secondary phone, "
            "alternate phone, alt phone, other phone, evening phone, phone mobile"
        ),
    ),
    (("phone_3", "phone_2"), "phone 3, work phone, business phone, office phone, third phone"),
    (("fax",), "fax, fax number, facsimile"),
    (
        ("address_1",),
        (
            "address, address 1, address line 1, street, street address, street 1, street line 1, mailing street, "
            "mailing address, home address, addr, addr 1, billing street"
        ),
    ),
    (
        ("address_2",),
        "address 2, address line 2, street 2, street line 2, apartment, apt, unit, suite, addr 2, apt number",
    ),
    (("city",), "city, town, locality, municipality, mailing city, billing city, city name"),
    (
        ("state",),
        (
            "state, province, region, state province, state or province, state code, administrative area, state abbr, "
            "mailing state, billing state, st"
        ),
    ),
    (
        ("postal_code",),
        (
            "postal code, postalcode, postcode, post code, zip, zip code, zipcode, zip postal code, zip 5, "
            "mailing postal code, mailing zip, billing postal code"
        ),
    ),
    (("county",), "county, county name, parish"),
    (("country",), "country, country code, country name, nation, mailing country, billing country"),
    (("dob",), "dob, birthday, birthdate, birth date, date of birth, date birth, born, born on"),
    (("age",), "age, years old, age range"),
    (("gender",), "gender, sex"),
    (("marital_status",), "marital status, married, civil status"),
    (("ssn",), "ssn, social security number, social security, social, tax id"),
    (
        ("company",),
        (
            "company, company name, organisation, organization, organisation name, organization name, account name, "
            "business, business name, employer, firm"
        ),
    ),
    (("title",), "title, job title, position, occupation, job, role, profession"),
    (("industry",), "industry, sector, vertical"),
    (("website",), "website, web site, homepage, company website, domain, website url, site"),
    (
        ("ip_address", "submission.ip"),
        "ip, ip address, ipaddress, client ip, user ip, ip addr, remote address, consumer ip, signup ip",
    ),
    (("user_agent",), "user agent, useragent, browser agent"),
    (("device_browser",), "browser, device browser"),
    (
        ("landing_page",),
        "landing page, landing page url, landing url, page url, source url, url source, lead url, form url",
    ),
    (
        ("trustedform_cert_url",),
        (
            "trustedform, trusted form, trustedform cert url, trustedform url, trustedform certificate, trustedform cert, "
            "trusted form cert url, trusted form url, trusted form cert, trusted form certificate, xx trusted form cert url, "
            "tf cert, tf cert url, cert url, certificate url, trustedform token"
        ),
    ),
    (
        ("universal_leadid", "leadid_id"),
        (
            "universal leadid, universal lead id, jornaya, jornaya leadid, jornaya lead id, jornaya id, leadid, lead id token, "
            "leadid token, jornaya token, universal id"
        ),
    ),
    (("reference",), "reference, reference id, external id, external reference, ref, ref id, lead reference"),
    (
        ("source.name", "original_source", "utm_source", "campaign_source"),
        "source, lead source, traffic source, vendor, publisher, affiliate, lead vendor, source name, origin",
    ),
    (("source.id",), "source id, vendor id, publisher id, affiliate id, aff id, pub id"),
    (
        ("submission.timestamp", "source_timestamp"),
        "timestamp, submitted at, created at, lead date, date created",
    ),
    (("lead.id",), "lead id, unique lead id, lc lead id"),
    (("flow.name",), "flow, flow name"),
    (("flow.id",), "flow id"),
    (("campaign_name", "utm_campaign"), "campaign, campaign name"),
    (("campaign_id",), "campaign id, campaign code, campaign key"),
    (("campaign_sub_id_1",), "sub id, subid, sub id 1, subid 1, sub 1, s 1, aff sub, click id"),
    (("campaign_sub_id_2",), "sub id 2, subid 2, sub 2, s 2, aff sub 2"),
    (("campaign_sub_id_3",), "sub id 3, subid 3, sub 3, s 3, aff sub 3"),
    (("utm_source", "campaign_source"), "utm source"),
    (("utm_medium", "campaign_medium"), "utm medium, medium, campaign medium"),
    (("utm_campaign", "campaign_name"), "utm campaign"),
    (("utm_term", "search_terms"), "utm term, keyword, keywords, search terms, search term, search keyword"),
    (("utm_content", "campaign_content"), "utm content, ad content, campaign content"),
    (
        ("comments",),
        (
            "comments, comment, notes, note, description, message, remarks, additional information, additional info, "
            "question, questions, details, body"
        ),
    ),
    (("opt_in",), "opt in, optin, consent, marketing consent, email opt in, tcpa, tcpa consent"),
    (("mobile_opt_in",), "mobile opt in, sms opt in, sms consent, text opt in"),
    (
        ("time_to_contact", "preferred_contact_method"),
        "time to contact, best time to call, best time to contact, contact time, call time",
    ),
    (("preferred_contact_method",), "preferred contact method, contact method, contact preference"),
    (("price",), "price, cost, lead price, lead cost, bid, bid price, amount"),
    (("product",), "product, product name, product interest, product type"),
    (("service",), "service, service type, service requested, service interest"),
    (("credit_score",), "credit score, fico, fico score"),
    (("credit_rating",), "credit rating, credit, credit quality, credit grade"),
    (("annual_salary",), "annual salary, income, annual income, yearly income, salary, household income"),
    (("monthly_salary",), "monthly salary, monthly income, net monthly income, gross monthly income"),
    (("employment_status",), "employment status, employment, employment type, employed"),
    (("education_level",), "education level, education, highest education, level of education, degree"),
    (("currently_rent_or_own",), "rent or own, own or rent, home ownership, homeowner, home owner, own rent"),
    (("residence_type",), "residence type, property type, home type, dwelling type"),
    (
        ("drivers_license_number",),
        "drivers license number, driver license, drivers license, dl number, license number",
    ),
    (("military_status", "is_military"), "military status, military, veteran, veteran status"),
    (("debt_amount",), "debt amount, debt, total debt, unsecured debt"),
    (("is_test",), "test, is test, test lead, test mode"),
    (("latitude",), "latitude, lat"),
    (("longitude",), "longitude, lng, lon, long"),
)
"""What people who buy and sell leads call the fields of a lead. The paths are of fields (those of a lead without
`lead.`), the best first; the names are in lower case, words apart."""

WHOLE_NAME = frozenset(
    {"full name", "name", "fullname", "contact name", "customer name", "whole name", "lead name"}
)


_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[^\W\d_]+|[0-9]+")


def words(name: str) -> tuple[str, ...]:
    """A name's words in lower case: `postalCode`, `Postal-Code` and `POSTAL_CODE__c` are `postal`, `code`."""
    apart = _CAPITALS.sub(" ", re.sub(r"__[cr]$", "", name))
    return tuple(word.lower() for word in _WORDS.findall(apart))


def meant_by(name: str) -> tuple[str, ...]:
    """The fields that people call so, the best first: `zip` is `postal_code`. () for what nobody calls a field."""
    return _MEANING_OF.get(" ".join(words(name)), ())


_IDLE = frozenset(
    words(
        "lead contact customer consumer applicant person prospect user client primary your the of and or is a an in to for"
    )
)
"""Words that change nothing about what a field is."""

_GENERIC = frozenset(words("id name type value code number date url 1 2 3 4"))
"""Words that alone say nothing about what a field is."""

_TYPES: Mapping[str, frozenset[str]] = {
    "number": frozenset({"number", "range"}),
    "integer": frozenset({"number", "range"}),
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date", "dob", "time"}),
    "datetime": frozenset({"time", "date", "dob"}),
    "email": frozenset({"email"}),
    "phone": frozenset({"phone"}),
    "url": frozenset({"url", "trustedform_url"}),
    "list": frozenset({"array"}),
}
_ONLY = {"email": "the only e-mail address", "phone": "the only telephone number"}


def suggest(targets: Sequence[TargetField], sources: Sequence[SourceField]) -> dict[str, Suggestion]:
    """The best source for each target that has one, by the target's key.

    A source may serve several targets, but of two that fit equally well the one that nobody has yet is taken.
    """
    index = _Index(sources)
    found = {target.key: sorted(index.candidates(target), key=_best_first) for target in targets}
    used: set[str] = set()
    chosen: dict[str, Suggestion] = {}
    for key, candidates in sorted(
        found.items(), key=lambda pair: _best_first(pair[1][0]) if pair[1] else (0, "")
    ):
        if not candidates:
            continue
        best = min((_once(candidate, used) for candidate in candidates), key=_best_first)
        if best.confidence >= LEAST:
            used.add(best.path)
            chosen[key] = best
    return {target.key: chosen[target.key] for target in targets if target.key in chosen}


def _best_first(suggestion: Suggestion) -> tuple[int, str]:
    return -suggestion.confidence, suggestion.template


def _once(candidate: Suggestion, used: set[str]) -> Suggestion:
    if candidate.path and candidate.path in used:
        return replace(candidate, confidence=candidate.confidence + USED)
    return candidate


class _Index:
    """The sources by what may be known of them, so that a page with hundreds of both stays quick."""

    def __init__(self, sources: Iterable[SourceField]) -> None:
        self.by_path = {_short(source.path): source for source in sources}
        self.by_phrase: dict[str, list[SourceField]] = {}
        self.by_name: dict[str, list[SourceField]] = {}
        self.by_meaning: dict[tuple[str, ...], list[SourceField]] = {}
        self.by_word: dict[str, list[tuple[frozenset[str], SourceField]]] = {}
        for path, source in self.by_path.items():
            phrase, name = " ".join(words(path)), " ".join(words(source.name))
            self.by_phrase.setdefault(phrase, []).append(source)
            if name:
                self.by_name.setdefault(name, []).append(source)
            for meaning in {_MEANING_OF[text] for text in (phrase, name) if text in _MEANING_OF}:
                self.by_meaning.setdefault(meaning, []).append(source)
            of_both = frozenset(phrase.split()) - _IDLE
            for word in of_both - _GENERIC:
                self.by_word.setdefault(word, []).append((of_both, source))

    def candidates(self, target: TargetField) -> list[Suggestion]:
        """Each source once, as the best of its reasons has it."""
        best: dict[str, Suggestion] = {}
        of_all = [
            *self._as_declared(target),
            *self._by_names(target),
            *self._by_words(target),
            *self._by_type(target),
        ]
        for suggestion in of_all:
            other = best.get(suggestion.template)
            if other is None or other.confidence < suggestion.confidence:
                best[suggestion.template] = suggestion
        return list(best.values())

    def _as_declared(self, target: TargetField) -> Iterator[Suggestion]:
        """What the receiver's connector knows to be right, where the lead has it."""
        paths = compile_template(target.suggested).paths if target.suggested else ()
        for source in (self.by_path[_short(path)] for path in paths if _short(path) in self.by_path):
            name = source.name or source.path
            is_plain = target.suggested.strip("{} ") == source.path
            reason = f"what {name} is for" if is_plain else f"{name}, written as it is wanted here"
            found = Suggestion(source.path, target.suggested, DECLARED, reason)
            yield found if source.taken else _unlikely(found, "no flow of yours takes it")

    def _by_names(self, target: TargetField) -> Iterator[Suggestion]:
        for phrase, written in _phrases(target):
            for source in self.by_phrase.get(phrase, ()):
                yield _suggestion(target, source, SAME_NAME, "same name")
            for source in self.by_name.get(phrase, ()):
                yield _suggestion(target, source, SAME_LABEL, "same label")
            meaning = _MEANING_OF.get(phrase, ())
            for rank, path in enumerate(meaning):
                if path in self.by_path:
                    source = self.by_path[path]
                    yield _suggestion(target, source, SYNONYM + rank * LATER, f"“{written}” means {path}")
            for source in self.by_meaning.get(meaning, ()):
                both = f"“{written}” and “{source.name or _short(source.path)}” mean the same"
                yield _suggestion(target, source, SYNONYMS, both)
            if phrase in WHOLE_NAME and {"first_name", "last_name"} <= self.by_path.keys():
                together = Suggestion(
                    "",
                    "{{lead.first_name}} {{lead.last_name}}",
                    SYNONYM,
                    f"“{written}” is first_name and last_name together",
                )
                both_taken = self.by_path["first_name"].taken and self.by_path["last_name"].taken
                yield together if both_taken else _unlikely(together, "no flow of yours takes them")

    def _by_words(self, target: TargetField) -> Iterator[Suggestion]:
        wanted = frozenset(words(target.key)) - _IDLE
        for word in wanted - _GENERIC:
            for has, source in self.by_word.get(word, ()):
                both = wanted & has
                share = len(both) / len(wanted | has)
                said = " ".join(part for part in words(target.key) if part in both)
                yield _suggestion(
                    target, source, round(SAME_WORDS * (0.2 + 0.8 * share)), f"both say “{said}”"
                )

    def _by_type(self, target: TargetField) -> Iterator[Suggestion]:
        if target.type in _ONLY:
            of_type = [
                source for source in self.by_path.values() if source.type == target.type and source.taken
            ]
            if len(of_type) == 1:
                yield Suggestion(
                    of_type[0].path,
                    f"{{{{{of_type[0].path}}}}}",
                    ONLY_ONE,
                    f"{_ONLY[target.type]} of the lead",
                )


def _phrases(target: TargetField) -> Iterator[tuple[str, str]]:
    """How the target is called, in lower-case words, and as it is written."""
    given: dict[str, str] = {}
    for written in (target.key, target.label):
        of = words(written)
        given.setdefault(" ".join(of), written)
        given.setdefault(" ".join(word for word in of if word not in _IDLE), written)
    last = target.key.rsplit(".", 1)[-1]
    if words(last) and not set(words(last)) <= _GENERIC:
        given.setdefault(" ".join(words(last)), last)
    given.pop("", None)
    yield from given.items()


def _suggestion(target: TargetField, source: SourceField, confidence: int, reason: str) -> Suggestion:
    suggestion = _by_types(
        target, source, Suggestion(source.path, f"{{{{{source.path}}}}}", confidence, reason)
    )
    if not source.taken:
        return _unlikely(suggestion, "no flow of yours takes it")
    if target.choices and source.sample and source.sample not in {choice.value for choice in target.choices}:
        return _unlikely(suggestion, f"“{source.sample}” is not one of the choices")
    return suggestion


def _by_types(target: TargetField, source: SourceField, found: Suggestion) -> Suggestion:
    agreeing = _TYPES.get(target.type)
    if agreeing is None or not source.type or source.type == "string":
        return found
    if source.type in agreeing:
        confidence = min(found.confidence + AGREES, 99)
        return replace(found, confidence=confidence, reason=f"{found.reason}, same type")
    return replace(found, confidence=found.confidence + DISAGREES, reason=f"{found.reason}, another type")


def _unlikely(found: Suggestion, why: str) -> Suggestion:
    return replace(found, confidence=int(found.confidence * UNLIKELY), reason=f"{found.reason}, but {why}")


def _short(path: str) -> str:
    """A lead's field by its id; anything else by its path. `lead.id` is the lead's own, not a field."""
    return path if path == "lead.id" else path.removeprefix("lead.")


_MEANING_OF: Mapping[str, tuple[str, ...]] = {
    " ".join(words(name)): paths for paths, names in MEANINGS for name in names.split(", ")
}
