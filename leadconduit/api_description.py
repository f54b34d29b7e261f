"""What the OpenAPI document says beyond what drf-spectacular reads from the API's views: rules, and how leads come in."""

from typing import Any

from flows.api.rule_schemas import RULES

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PLAIN = "text/plain"

FIELDS = {
    "type": "object",
    "additionalProperties": True,
    "example": {"email": "ada@example.com", "state": "TX"},
}
LEAD = {
    "type": "object",
    "required": ["outcome", "lead", "price"],
    "properties": {
        "outcome": {"enum": ["success", "failure", "error"]},
        "reason": {"type": "string", "description": "Only where there is one."},
        "lead": {"type": "object", "properties": {"id": {"type": "string"}}},
        "price": {"type": "number"},
    },
}


def add_intake(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: these addresses answer as LeadConduit does, in plain text where they refuse."""
    result["paths"]["/flows/{flow_id}/sources/{source_id}/submit"] = {"post": SUBMIT}
    result["paths"]["/hooks/{action}"] = {"post": HOOK}
    return result


def require_bodies(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular, before `add_intake`: a body that is taken must be there, but for a search."""
    for item in result["paths"].values():
        for operation in item.values():
            if "requestBody" in operation and operation["operationId"] != "listEventsPost":
                operation["requestBody"]["required"] = True
    return result


def add_rules(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: rule sets stand in rule sets, and a search has rules as JSON in its query."""
    result["components"]["schemas"] |= RULES
    for parameter in result["paths"]["/events"]["get"]["parameters"]:
        if parameter["name"] == "rules":
            parameter["content"] = {JSON: {"schema": parameter.pop("schema")}}
    return result


def _in_path(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _answer(description: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


SUBMIT = {
    "operationId": "submitLead",
    "tags": ["Leads"],
    "description": "Submit a lead to the deployed flow, as a form or as JSON. A GET with a query does the same.",
    "security": [],
    "parameters": [
        _in_path("flow_id", "The flow's id."),
        _in_path("source_id", "The id of the source's entity."),
    ],
    "requestBody": {"content": {JSON: {"schema": FIELDS}, FORM: {"schema": FIELDS}}},
    "responses": {
        "201": _answer("The lead was handled, whatever its outcome.", JSON, LEAD),
        "303": {"description": "It was handled, and the lead names a `redir_url`."},
        "400": _answer("The body cannot be read.", PLAIN, {"type": "string"}),
        "403": _answer("The source is disabled.", JSON, {"type": "object"}),
        "404": _answer("No deployed flow has such a source.", PLAIN, {"type": "string"}),
        "503": _answer("Nothing was kept: submit the lead again.", PLAIN, {"type": "string"}),
    },
}
HOOK = {
    "operationId": "callAction",
    "tags": ["Destinations"],
    "description": (
        "The `webhook_url` of an action: it delivers what it is given, without a flow. The header `Api-Key` holds the "
        "action's own key."
    ),
    "security": [],
    "parameters": [
        _in_path("action", "As the webhook_url has it."),
        {"name": "Api-Key", "in": "header", "required": True, "schema": {"type": "string"}},
    ],
    "requestBody": {"content": {JSON: {"schema": FIELDS}}},
    "responses": {
        "200": _answer(
            "A delivery was made.",
            JSON,
            {"type": "object", "properties": {"executionId": {"type": "string", "description": "Its id."}}},
        ),
        "400": {"description": "The body is not a JSON object."},
        "401": {"description": "The key is missing or wrong."},
        "409": {"description": "The destination is paused."},
    },
}
