"""A source's own page: where and how it submits, which fields it may send, examples to copy, the answers it gets."""

from typing import Any

import orjson
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from flows.inbound import answering, formats
from flows.inbound.examples import examples
from flows.inbound.mapping import compile_mappings, fields_asked
from flows.views.changes import document_of, flow_of, named_sources
from flows.views.flows import submit_url
from leadconduit.accounts.access import MemberRequest, requires
from leadconduit.accounts.fields import ANY_VALUE, KnownField, known_fields
from leadconduit.accounts.models import Role
from leadconduit.leads.rules import in_words

MOST_IN_EXAMPLES = 12
LEAD_ID = "692f1c0a51e8a3b2c4d5e6f7"

# What each answer means to whoever submits, by its status.
ANSWERS = (
    (201, "The lead is kept. Its outcome is success, failure or error; do not submit it again."),
    (303, "As 201, for a lead with a redir_url: its visitor is sent there."),
    (400, "The body cannot be read, or the redir_url is no web address. The answer says where."),
    (401, "Unauthorized source: the API key is missing or wrong."),
    (403, "The source is switched off."),
    (404, "No flow takes leads at this address: it was not deployed, or was deleted."),
    (405, "Only GET and POST are taken."),
    (406, "The Content-Type is none of those above, or the Accept header asks for no answer that there is."),
    (409, "The Idempotency-Key came with another submission before."),
    (413, "The body is too large for a lead."),
    (415, "The Content-Type is missing, or its charset is not known."),
    (503, "The service is busy and nothing was kept: submit again after the seconds of Retry-After."),
)


@require_safe
@requires(Role.VIEWER)
def source(request: MemberRequest, pk: str, entity_id: str) -> HttpResponseBase:
    flow = flow_of(request, pk)
    found = next((one for one in named_sources(flow) if one["entity_id"] == entity_id), None)
    if found is None:
        raise Http404
    url, with_key = submit_url(request, flow, entity_id), bool(found.get("authentication_required"))
    mappings = found["integration"].get("mappings", [])
    fields = _fields(request, document_of(flow)["fields"])
    known = {field.id: field for field in fields}
    asked = [id for id in fields_asked(compile_mappings(mappings)) if id not in known]
    lead = {field.id: field.value for field in fields[:MOST_IN_EXAMPLES]}
    lead |= dict.fromkeys(asked, ANY_VALUE)
    context = {
        "flow": flow,
        "tab": "sources",
        "source": found,
        "url": url,
        "with_key": with_key,
        "formats": formats.FORMATS,
        "fields": fields,
        "more_fields": len(fields) > MOST_IN_EXAMPLES,
        "asked": asked,
        "mappings": [_row(mapping) for mapping in mappings],
        "examples": examples(url, lead, with_key=with_key),
        "answers": [row for row in ANSWERS if row[0] != 401 or with_key],
        "answer_examples": _answer_examples(),
    }
    return render(request, "flows/source.html", context)


def _fields(request: MemberRequest, ids: list[str]) -> list[KnownField]:
    known = known_fields(request.account)
    return [known.get(id, KnownField(id, id, "", "")) for id in ids]


def _row(mapping: dict[str, Any]) -> dict[str, Any]:
    condition = in_words(mapping["rule_set"]) if mapping.get("rule_set") else ""
    return mapping | {"text": _written(mapping["value"]), "condition": condition}


def _written(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _answer_examples() -> list[dict[str, Any]]:
    answer = {"outcome": "failure", "reason": "Not in our area", "lead": {"id": LEAD_ID}, "price": 0}
    return [
        {
            "id": f"answer-{media_type.partition('/')[2]}",
            "media_type": media_type,
            "text": answering.write(answer, media_type)[0].decode(),
        }
        for media_type in (formats.JSON, formats.XML, formats.FORM)
    ]
