"""A recipient's answer becomes an outcome, a reason, and what is appended to the lead.

As leadconduit-custom does it: any status below 500 is judged by its body, and a body that nothing is searched for in
is a success. An answer that cannot be judged as it is meant to be is an error: what was not searched was not
searched in vain.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.recipients.documents import Document, NotDecoded, read_document, unpacked
from flows.recipients.locations import LocationError, compile_css, compile_xpath, find_in_json
from flows.recipients.properties import number_of
from flows.recipients.request import KEPT
from flows.recipients.terms import captured, captures, is_found
from leadconduit.leads.bounds import MAX_RESULT, BoundedWork, TooLong
from leadconduit.leads.patterns import PatternError, PatternTooSlow
from leadconduit.leads.values import as_text, clean, is_blank
from leadconduit.lib.masking import MASK, masker_for
from leadconduit.lib.outbound import Exchange, Response

SERVER_ERROR = "Server error"
OURS = frozenset(("outcome", "price", "reason", "reference", "cookie"))
"""What is appended by names of ours, beside what captures name."""
TOO_MUCH = "The answer is too much work to read."
TOO_SLOW = "A pattern takes too long on this answer."

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What asking a recipient came to: success, failure, error or skip.

    `appended` is as the recipient said it, for variables that stand alone in rules; what is `kept` of it stands under
    the step's key for all else, and has `secrets` masked, as the reason has. `transactions` are exchanges, secrets
    masked.
    """

    outcome: str
    reason: str = ""
    appended: dict[str, Any] = field(default_factory=dict, repr=False)
    transactions: tuple[Exchange, ...] = ()
    masked: dict[str, Any] | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    captures: frozenset[str] = frozenset()

    @property
    def kept(self) -> dict[str, Any]:
        return self.appended if self.masked is None else self.masked

    def kept_without(self, secrets: tuple[str, ...]) -> dict[str, Any]:
        """With further secrets masked: those of recipients that were asked before."""
        return _without(self.kept, secrets, OURS | self.captures)

    @classmethod
    def without_answer(
        cls, outcome: str, reason: str, transactions: tuple[Exchange, ...] = ()
    ) -> "RecipientResult":
        appended = {"outcome": outcome} | ({"reason": reason} if reason else {})
        return cls(outcome, reason, appended, transactions)


class _NotJudged(Exception):
    """Nobody knows what the answer means. `sentence` says why, without a word of the answer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_answer(
    values: Values, response: Response, *, secrets: tuple[str, ...], transactions: tuple[Exchange, ...]
) -> RecipientResult:
    """What the answer means by the values of the module's properties.

    `secrets` are the account's own, which no lead has a part in: what echoes one is masked where it is kept.
    """
    try:
        with BoundedWork():
            return _read(values, response, secrets, transactions)
    except (_NotJudged, NotDecoded) as error:
        sentence = error.sentence
    except PatternTooSlow:
        sentence = TOO_SLOW
    except TooLong:
        sentence = TOO_MUCH
    return RecipientResult.without_answer("error", sentence, transactions)


def _read(
    values: Values, response: Response, secrets: tuple[str, ...], transactions: tuple[Exchange, ...]
) -> RecipientResult:
    if not 200 <= response.status < 500:
        raise _NotJudged(SERVER_ERROR)
    if response.truncated:
        raise _NotJudged(
            f"The answer has more than {len(response.body):,} bytes, which is more than is read."
        )
    if set(_coding(response, "transfer-encoding")) - {"chunked", "identity"}:
        raise NotDecoded("The answer is transferred in a way that cannot be read.")
    body = unpacked(response.body, ",".join(_coding(response, "content-encoding")), most=KEPT)
    content_type = as_text(values.get("response_content_type_override")).strip()
    document = read_document(content_type or response.header("Content-Type"), body)
    outcome = _outcome(values, document)
    said, captures = _said(document), _captures(values, document)
    found = _found(values, document, response, outcome)
    ours = {"outcome": outcome, "price": _price(values, document)}
    appended = _clean(said | captures | found | ours)
    if not secrets:
        return RecipientResult(outcome, as_text(appended.get("reason")), appended, transactions)
    # A pattern may cut a part out of a secret, which no masker finds any more.
    text = masker_for(secrets).mask(document.text)
    if text != document.text:
        document = replace(document, text=text)
        captures, found = _captures(values, document), _found(values, document, response, outcome)
        ours["price"] = _price(values, document) if isinstance(ours["price"], str) else ours["price"]
    kept = _without(_clean(said | captures | found | ours), secrets, OURS | frozenset(captures))
    reason = as_text(kept.get("reason"))
    return RecipientResult(
        outcome, reason, appended, transactions, kept, secrets, captures=frozenset(captures)
    )


def _coding(response: Response, header: str) -> list[str]:
    given = ",".join(value for name, value in response.headers if name.lower() == header)
    return [coding for part in given.lower().split(",") if (coding := part.strip())]


def _without(appended: dict[str, Any], secrets: tuple[str, ...], ours: Collection[str]) -> dict[str, Any]:
    """What is appended, with secrets masked in what came from the answer: not in our names, the outcome, or a price."""
    kept = masked({name: value for name, value in appended.items() if name not in ours}, secrets)
    for name in [name for name in appended if name in ours]:
        value = appended[name]
        is_safe = name == "outcome" or (name == "price" and not isinstance(value, str))
        kept[name] = value if is_safe else masked(value, secrets)
    return kept  # type: ignore[no-any-return]


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    cleaned, _ = clean(values)
    assert isinstance(cleaned, dict)
    return cleaned


def _captures(values: Values, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, term in values.items():
        if name.startswith("capture.") and (text := captured(as_text(term), document.text)) is not None:
            found[name.removeprefix("capture.")] = text
    if sum(map(len, found.values())) > MAX_RESULT:
        raise TooLong
    return found


def _found(values: Values, document: Document, response: Response, outcome: str) -> dict[str, Any]:
    """Reason, reference and cookie, those that there are."""
    found: dict[str, Any] = {}
    reason = ", ".join(_find(values, "reason_path", document))
    if not reason and outcome != "success":
        reason = as_text(values.get("default_reason")).strip()
    if reason:
        found["reason"] = reason
    if reference := _find(values, "reference_path", document):
        found["reference"] = reference[0]
    if cookie := _cookie(values, response):
        found["cookie"] = cookie
    return found


def _said(document: Document) -> dict[str, Any]:
    if isinstance(document.values, list):
        return {"array": document.values}
    return document.values if isinstance(document.values, dict) else {}


def _outcome(values: Values, document: Document) -> str:
    on_match = as_text(values.get("outcome_on_match")).strip().lower() or "success"
    if _is_match(values, document):
        return on_match
    return "failure" if on_match == "success" else "success"


def _is_match(values: Values, document: Document) -> bool:
    term = as_text(values.get("outcome_search_term"))
    if not term.strip():
        return True
    if document.flaw:
        raise _NotJudged(document.flaw)
    path = as_text(values.get("outcome_search_path")).strip()
    if path and document.broken:
        raise _NotJudged(f"The answer calls itself {document.broken}, and cannot be read as that.")
    try:
        texts = document.searched() if not path or document.kind == "text" else _located(document, path)
        return any(is_found(term, text) for text in texts)
    except LocationError:
        raise _NotJudged("The path to search the answer in cannot be read.") from None
    except PatternError:
        raise _NotJudged("What is searched for cannot be read as a pattern.") from None


def _find(values: Values, name: str, document: Document) -> list[str]:
    """The texts where a mapped path leads, without blank ones; none for a path that cannot be read."""
    path = as_text(values.get(name)).strip()
    try:
        found = _located(document, path) if path else []
    except LocationError:
        return []
    return [text.strip() for text in found if not is_blank(text)]


_PSEUDO_CLASS = re.compile(r":(?:not|is|where|has|contains|lang|dir|nth-[a-z-]+)\(")
"""Of CSS, which reads as a pattern with a group."""


def _located(document: Document, path: str) -> list[str]:
    """Raises LocationError for what neither is a path nor, where one may stand instead, a pattern with a group."""
    if document.kind in ("json", "form"):
        return find_in_json(document.values, path)
    if document.kind == "xml" and document.tree:
        return compile_xpath(path).find(document.tree)
    if document.kind == "html" and document.tree:
        try:
            if found := compile_css(path).find(document.tree):
                return found
        except LocationError:
            if not captures(path) or _PSEUDO_CLASS.search(path):
                raise
    found_by_pattern = captured(path, document.text)
    return [] if found_by_pattern is None else [found_by_pattern]


def _price(values: Values, document: Document) -> object:
    """A number where it is one, or the text; without any, the fallback, or 0."""
    if found := _find(values, "price_path", document):
        number = number_of(found[0])
        return found[0] if number is None else number
    return number_of(values.get("fallback_price")) or 0


def _cookie(values: Values, response: Response) -> str:
    term = as_text(values.get("cookie_search_term"))
    cookies = [value for name, value in response.headers if name.lower() == "set-cookie"]
    try:
        return next((cookie for cookie in cookies if is_found(term, cookie)), "") if term.strip() else ""
    except PatternError:
        return ""


def masked(value: Any, secrets: tuple[str, ...], *, names: bool = True) -> Any:
    """Any JSON value with secrets masked, in its names too unless they are ours.

    In one pass, since many texts one by one take long.
    """
    texts: dict[str, str] = dict.fromkeys(_texts(value, names), "")
    if not secrets or not texts:
        return value
    masker = masker_for(secrets)
    plain = [text for text in texts if "\0" not in text]
    texts |= zip(plain, masker.mask_all(plain), strict=True)
    texts |= {text: masker.mask(text) for text in texts if "\0" in text}
    return _replaced(value, texts, names)


def _texts(value: Any, names: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if names:
                yield str(key)
            yield from _texts(item, names)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, names)
    elif isinstance(value, str) or _is_number(value):
        yield as_text(value)


def _replaced(value: Any, texts: Mapping[str, str], names: bool) -> Any:
    if isinstance(value, str):
        return texts[value]
    if isinstance(value, dict):
        return {
            texts[str(key)] if names else key: _replaced(item, texts, names) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_replaced(item, texts, names) for item in value]
    return MASK if _is_number(value) and texts[as_text(value)] == MASK else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
