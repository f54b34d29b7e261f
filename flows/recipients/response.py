"""A recipient's answer becomes an outcome, a reason, and what is appended to the lead.

As leadconduit-custom does it: any status below 500 is judged by its body, and a body that nothing is searched for in
is a success.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.recipients.documents import Document, read_document
from flows.recipients.locations import LocationError, compile_css, compile_xpath, find_in_json
from flows.recipients.properties import number_of
from flows.recipients.terms import captured, is_found
from leadconduit.leads.values import as_text, clean, is_blank
from leadconduit.lib.masking import MASK, Masker, masker_for
from leadconduit.lib.outbound import Exchange, Response

SERVER_ERROR = "Server error"

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What asking a recipient came to: success, failure, error or skip.

    `appended` stands under the step's key for what comes after it. `transactions` are exchanges, secrets masked.
    """

    outcome: str
    reason: str = ""
    appended: dict[str, Any] = field(default_factory=dict)
    transactions: tuple[Exchange, ...] = ()

    @classmethod
    def without_answer(
        cls, outcome: str, reason: str, transactions: tuple[Exchange, ...] = ()
    ) -> "RecipientResult":
        appended = {"outcome": outcome} | ({"reason": reason} if reason else {})
        return cls(outcome, reason, appended, transactions)


def read_answer(
    values: Values, response: Response, *, secrets: tuple[str, ...], transactions: tuple[Exchange, ...]
) -> RecipientResult:
    """What the answer means by the values of the module's properties. What echoes a secret is masked."""
    if 500 <= response.status < 600:
        return RecipientResult.without_answer("error", SERVER_ERROR, transactions)
    if response.truncated:
        sentence = f"The answer has more than {len(response.body):,} bytes, which is more than is read."
        return RecipientResult.without_answer("error", sentence, transactions)
    content_type = as_text(values.get("response_content_type_override")).strip()
    document = read_document(content_type or response.header("Content-Type"), response.body)
    masker = masker_for(secrets)
    masked, _ = clean(_masked(_appended(values, document, response, masker), masker))
    assert isinstance(masked, dict)
    return RecipientResult(masked["outcome"], as_text(masked.get("reason")), masked, transactions)


def _appended(values: Values, document: Document, response: Response, masker: Masker) -> dict[str, Any]:
    """What the answer says of itself, and over it what the mappings find in it."""
    outcome = _outcome(values, document)
    # A pattern may cut a part out of a secret, which no masker finds any more.
    document = replace(document, text=masker.mask(document.text))
    appended: dict[str, Any] = dict(_said(document))
    for name, term in values.items():
        if name.startswith("capture.") and (found := captured(as_text(term), document.text)) is not None:
            appended[name.removeprefix("capture.")] = found
    reason = ", ".join(_find(values, "reason_path", document))
    if not reason and outcome != "success":
        reason = as_text(values.get("default_reason")).strip()
    if reason:
        appended["reason"] = reason
    if reference := _find(values, "reference_path", document):
        appended["reference"] = reference[0]
    if cookie := _cookie(values, response):
        appended["cookie"] = cookie
    return appended | {"outcome": outcome, "price": _price(values, document)}


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
    path = as_text(values.get("outcome_search_path")).strip()
    if not path or document.kind == "text":
        return is_found(term, document.text)
    return any(is_found(term, text) for text in _located(document, path))


def _find(values: Values, name: str, document: Document) -> list[str]:
    """The texts where a mapped path leads, without blank ones."""
    path = as_text(values.get(name)).strip()
    found = _located(document, path) if path else []
    return [text.strip() for text in found if not is_blank(text)]


def _located(document: Document, path: str) -> list[str]:
    try:
        if document.kind in ("json", "form"):
            return find_in_json(document.values, path)
        if document.kind == "xml" and document.tree:
            return compile_xpath(path).find(document.tree)
        if document.kind == "html" and document.tree and (found := compile_css(path).find(document.tree)):
            return found
    except LocationError:
        if document.kind == "xml":
            return []
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
    return next((cookie for cookie in cookies if is_found(term, cookie)), "") if term.strip() else ""


def _masked(value: Any, masker: Masker) -> Any:
    if isinstance(value, str):
        return masker.mask(value)
    if isinstance(value, list):
        return [_masked(item, masker) for item in value]
    if isinstance(value, dict):
        return {masker.mask(str(key)): _masked(item, masker) for key, item in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool) and masker.mask(as_text(value)) == MASK:
        return MASK
    return value
