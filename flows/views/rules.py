"""The rule builder on a flow's pages: what rules may name there, the leads to try them on, and where errors go."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.forms import Form

from flows import past_leads
from flows.dependencies import names_of
from flows.models import Flow
from flows.views.changes import document_of, said_of
from leadconduit.accounts.access import MemberRequest
from leadconduit.leads.typed import typed
from leadconduit.leads.values import clean
from leadconduit.rule_form import RuleBuilder, Sample, SampleError


def try_if_asked(request: MemberRequest, flow: Flow, rules: RuleBuilder) -> None:
    if rules.pressed == "try":
        rules.try_on(lambda text: _sample(request, flow, text.strip()))


def _sample(request: MemberRequest, flow: Flow, text: str) -> Sample:
    """The lead that was asked for. Raises SampleError."""
    if text[:1] in ("{", "["):
        return _written(request, flow, text)
    found = past_leads.latest(request.account, limit=1, search=text)
    if not found:
        sentence = (
            "No lead has this id or this e-mail address."
            if text
            else "There is no lead yet: write one as JSON."
        )
        raise SampleError(sentence)
    lead = found[0]
    return Sample(past_leads.variables_of(lead), f"Lead {lead.pk}{f', {lead.email}' if lead.email else ''}")


def _written(request: MemberRequest, flow: Flow, text: str) -> Sample:
    """Values as somebody writes them; those of `lead`, and of what stands beside it, where there is a `lead`."""
    try:
        values, _ = clean(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise SampleError(f"This is no JSON, from line {error.lineno}, column {error.colno} on.") from None
    if not isinstance(values, dict):
        raise SampleError('Write an object, such as {"state": "TX"}.')
    lead = values.get("lead")
    variables = values if isinstance(lead, dict) else {"lead": values}
    types = names_of(document_of(flow)).fields
    return Sample(
        {
            "account": {"id": request.account.pk, "name": request.account.name},
            "flow": {"id": flow.pk, "name": flow.name},
            **variables,
            "lead": typed(variables["lead"], lambda id: types.get(id) or None),
        },
        "These values",
    )


def put(
    errors: Mapping[str, str], at: str, form: Form, rules: RuleBuilder, document: Mapping[str, Any]
) -> None:
    """What kept a flow from being saved, said where it is: at the rules, at a field of the form, or above it.

    `document` is the flow's, for what is wrong with another part of it.
    """
    for path, sentence in rules.put(errors, f"{at}.rule_set".strip(".")).items():
        name = path.removeprefix(f"{at}.").partition(".")[0] if path.startswith(f"{at}.") else ""
        if name not in form.fields:
            form.add_error(None, sentence if name else said_of(document, {path: sentence}))
        elif not form.has_error(name):  # what the form said itself is the clearer of the two
            form.add_error(name, sentence)
