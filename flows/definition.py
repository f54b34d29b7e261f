"""What a flow may be: the body that a caller writes, checked, becomes the document of a revision.

What nothing runs yet is refused by name. Ids inside a flow are ours: they are kept where they are given back, and
made where they are missing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db.models import Prefetch

from destinations.models import Action, Destination
from flows.models import Entity
from flows.recipients import sealing
from flows.recipients.credentials import Credentials, NotKept, OfStep
from flows.recipients.keys import key_problem, step_key
from flows.recipients.modules import MODULES, Module
from flows.recipients.properties import MAX_SLOW, may_be_slow, name_problem, value_problem
from leadconduit.accounts.models import Account, CustomField
from leadconduit.leads import rules
from leadconduit.leads.standard_fields import type_of
from leadconduit.leads.template import TemplateError, compile_template, is_path
from leadconduit.lib.body import Body, is_exact, problem_of_text, says_nothing
from leadconduit.lib.ids import short_id

Document = dict[str, Any]

OUTCOMES = ("success", "failure", "error")
MAX_FIELDS = 1000
MAX_TEMPLATE = 10_000
MAX_SOURCES = 500
MAX_MAPPINGS = 500
MAX_STEPS = 200
MAX_DESTINATIONS = 100
MAX_ACTIONS = 100

# What LeadConduit's flows have and ours do not run yet.
FLOW_LATER = (
    "caps",
    "pricing",
    "pricing_service",
    "list_checks",
    "ping_enabled",
    "ping_limits",
    "firehose",
)
SOURCE_LATER = (
    "feedback",
    "caps",
    "ping_limits",
    "credential_id",
    "pricing",
    "pricing_service",
)
RECIPIENT_LATER = ("feedback", "caps", "pricing", "retry_enabled")

FLOW = (
    "id",
    "name",
    "errors",
    "enabled",
    "fields",
    "acceptance_criteria",
    "destinations",
    "sources",
    "steps",
    "created_at",
    "updated_at",
)
# What a document keeps as the body has it; destinations are written another way than they are kept.
PARTS = ("name", "enabled", "fields", "acceptance_criteria", "sources", "steps")
SOURCE = ("id", "integration", "entity", "enabled", "authentication_required", "acceptance_criteria")
CRITERIA = ("rule_set", "outcome", "reason")
ENTITY = ("id", "name", "time_zone")
MAPPING = ("id", "property", "value", "rule_set")
FILTER = ("type", "id", "description", "notes", "reason", "outcome", "rule_set", "enabled")
RECIPIENT = ("type", "id", "description", "notes", "entity", "integration", "rule_set", "enabled")
DESTINATION = ("name", "integration_name", "integration_icon_url", "instance_id", "actions", "flow_usages")
ACTION = ("name", "action_id", "webhook_url", "enabled", "rule_set", "independent")

_ID = re.compile(r"[0-9a-fA-F]{24}")
_SHORT_ID = re.compile(r"[0-9a-zA-Z]{6}")


class InvalidFlow(Exception):
    """The flow cannot be saved. `errors`: a sentence by the dotted path of what is wrong, such as `steps.0.outcome`."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        path, first = next(iter(self.errors.items()))
        where = f" at `{path}`" if path else ""
        others = len(self.errors) - 1
        more = f" ({others} more in `errors`.)" if others else ""
        return f"The flow is not valid{where}: {first}{more}"


def read(body: object, *, account: Account, before: Document | None = None) -> Document:
    """The document of a flow's next revision; `before` itself where nothing but an id differs from it.

    Destinations and entities that the body names are locked until the transaction ends (there must be one), so that
    none is deleted while it is being attached. Raises InvalidFlow with everything that is wrong.
    """
    if not isinstance(body, dict):
        raise InvalidFlow({"": "A flow is a JSON object."})
    flow, ids, entities = Body(body), _Ids(), _entities(body, account)
    flow.allow(FLOW, later=FLOW_LATER, of="a flow")
    fields = flow.texts("fields", most=MAX_FIELDS, most_length=200)
    document = {
        "name": flow.text("name", most=200, required=True),
        "enabled": flow.flag("enabled", required=True),
        "fields": fields,
        "types": _types(fields, account, before),
        "acceptance_criteria": _criteria(flow, ids),
        "sources": _sources(flow, entities, ids),
        "steps": _steps(flow, entities, account, ids, before),
        "destinations": _destinations(flow, account, ids, before),
    }
    if flow.errors:
        raise InvalidFlow(flow.errors)
    return before if before is not None and is_same(document, before) else document


def chosen_id(body: object) -> str | None:
    """The id that a caller chose for a new flow, if any."""
    value = body.get("id") if isinstance(body, dict) else None
    if value is None:
        return None
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidFlow({"id": "An id is 24 hex digits."})
    return value.lower()


def is_same(document: Document, other: Document) -> bool:
    """Whether two documents say the same, the ids that we made left aside: those are read-only to callers."""
    return _written(document) == _written(other)


def _written(document: Document) -> bytes:
    # Compared as written, since to Python 1 == True.
    return orjson.dumps(_said(document), option=orjson.OPT_SORT_KEYS)


def _said(value: Any) -> Any:
    """Without short ids, and without what says nothing: an older document lacks what was not run in its day."""
    if isinstance(value, list):
        return [_said(item) for item in value]
    if isinstance(value, dict):
        return {key: _said(item) for key, item in value.items() if not _is_idle(key, item)}
    return value


def _is_idle(key: str, item: object) -> bool:
    return says_nothing(item) or (key == "id" and isinstance(item, str) and bool(_SHORT_ID.fullmatch(item)))


class _Ids:
    """The short ids of one flow, each of them once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def keep(self, given: object) -> str:
        """The given id, or a new one where that is missing, misshapen or taken."""
        id = given if isinstance(given, str) and _SHORT_ID.fullmatch(given) else short_id()
        while id in self._taken:
            id = short_id()
        self._taken.add(id)
        return id


def _types(fields: Iterable[str], account: Account, before: Document | None) -> dict[str, str]:
    """The type of each field that has one, kept with the flow: leads are read as it was deployed.

    A field that was deleted since keeps the type that the flow has of it.
    """
    custom = CustomField.objects.for_account(account).types()
    had: Mapping[str, str] = before.get("types", {}) if before else {}
    types = {field: custom.get(field) or type_of(field) or had.get(field) for field in fields}
    return {field: type for field, type in types.items() if type}


def _entities(flow: Mapping[str, Any], account: Account) -> dict[str, Entity]:
    """Those of the account that sources and steps name, locked as destinations are.

    All at once, in the order of their ids: two who save flows of the same entities wait for one another in one order.
    """
    lists = [flow.get(part) for part in ("sources", "steps")]
    parts = [part for parts in lists if isinstance(parts, list) for part in parts if isinstance(part, dict)]
    wanted = {id for part in parts if _ID.fullmatch(id := _entity_id(part))}
    return Entity.objects.for_account(account).order_by("pk").select_for_update(no_key=True).in_bulk(wanted)


# --- Sources


def _sources(flow: Body, entities: Mapping[str, Entity], ids: _Ids) -> list[Document]:
    sources = flow.objects("sources", most=MAX_SOURCES)
    seen: set[str] = set()
    return [_source(source, entities, seen, ids) for source in sources]


def _entity_id(part: Mapping[str, Any]) -> str:
    entity = part.get("entity")
    id = entity.get("id") if isinstance(entity, dict) else None
    return id.lower() if isinstance(id, str) else ""


def _source(source: Body, entities: Mapping[str, Entity], seen: set[str], ids: _Ids) -> Document:
    source.allow(SOURCE, later=SOURCE_LATER, of="a source")
    integration = source.object("integration")
    integration.allow(("module_id", "mappings"), of="an integration")
    return {
        "id": ids.keep(source.value.get("id")),
        "integration": {
            "module_id": integration.text("module_id", most=200, required=True),
            "mappings": _mappings(integration, ids),
        },
        "entity": _entity(source, entities, seen),
        "enabled": source.flag("enabled"),
        "authentication_required": source.value.get("authentication_required") is not None
        and source.flag("authentication_required"),
        "acceptance_criteria": _criteria(source, ids),
    }


def _criteria(holder: Body, ids: _Ids) -> Document | None:
    """The acceptance criteria of a flow or a source."""
    if holder.value.get("acceptance_criteria") is None:
        return None
    criteria = holder.object("acceptance_criteria")
    criteria.allow(CRITERIA, of="acceptance criteria")
    return {
        "rule_set": _rule_set(criteria, ids),
        "outcome": criteria.choice("outcome", OUTCOMES) or "failure",
        "reason": _reason(criteria),
    }


def _reason(holder: Body) -> str:
    """A template for what the source is told."""
    reason = holder.text("reason", most=2000)
    _check_template(holder, "reason", reason)
    return reason


def _mappings(integration: Body, ids: _Ids) -> list[Document]:
    """A source's mappings; none where they are absent or null."""
    if integration.value.get("mappings") is None:
        return []
    return [_mapping(mapping, ids) for mapping in integration.objects("mappings", most=MAX_MAPPINGS)]


def _mapping(mapping: Body, ids: _Ids) -> Document:
    mapping.allow(MAPPING, of="a mapping")
    name = mapping.text("property", most=200, required=True)
    if name and not is_path(name):
        mapping.wrong("property", f"`{name[:40]}` is no name: write words with dots between them.")
    document = {
        "id": ids.keep(mapping.value.get("id")),
        "property": name,
        "value": _mapped_value(mapping),
    }
    if mapping.value.get("rule_set") is not None:
        document["rule_set"] = _rule_set(mapping, ids)
    return document


def _mapped_value(mapping: Body) -> object:
    """A template, a list of templates and nulls, a number, or null."""
    if "value" not in mapping.value:
        mapping.wrong("value", "This is required: a template, a list of them, a number, or null.")
        return None
    value = mapping.value["value"]
    if isinstance(value, list):
        if not 0 < len(value) <= MAX_MAPPINGS:
            mapping.wrong("value", f"A list of values has 1 to {MAX_MAPPINGS} items.")
        inside = Body({}, mapping.at("value"), mapping.errors)
        for index, item in enumerate(value):
            if item is not None:
                _check_template(inside, str(index), item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if not is_exact(value):
            mapping.wrong("value", "This number is too large to be kept exactly.")
    elif value is not None:
        _check_template(mapping, "value", value)
    return value


def _check_template(holder: Body, key: str, text: object) -> None:
    if sentence := problem_of_text(text, most=MAX_TEMPLATE, required=False):
        holder.wrong(key, sentence)
        return
    try:
        compile_template(str(text))
    except TemplateError as error:
        holder.wrong(key, error.sentence)


def _entity(source: Body, entities: Mapping[str, Entity], seen: set[str]) -> Document:
    entity, id = source.object("entity"), _entity_id(source.value)
    entity.allow(ENTITY, of="a source's entity")
    found = _found_entity(entity, id, entities)
    if found is None:
        return {}
    if id in seen:
        # Its id stands in the submission URL, where it must name one source.
        entity.wrong("id", f"`{found.name}` is a source of this flow already: an entity stands there once.")
    seen.add(id)
    return _named(entity, found)


def _named(entity: Body, found: Entity) -> Document:
    """The entity by its id, and by the time zone that it has in this place alone."""
    time_zone = entity.text("time_zone", most=60)
    return {"id": found.pk} | ({"time_zone": time_zone} if time_zone not in ("", found.time_zone) else {})


def _found_entity(entity: Body, id: str, entities: Mapping[str, Entity]) -> Entity | None:
    found = entities.get(id)
    if found is None:
        entity.wrong(
            "id", f"This account has no entity `{id[:40]}`." if id else "This is required: an entity's id."
        )
    return found


# --- Steps


def _steps(
    flow: Body, entities: Mapping[str, Entity], account: Account, ids: _Ids, before: Document | None
) -> list[Document]:
    steps = flow.objects("steps", most=MAX_STEPS)
    recipients = _Recipients(account, entities, before)
    return [
        recipients.read(step, ids) if step.value.get("type") == "recipient" else _filter(step, ids)
        for step in steps
    ]


def _filter(step: Body, ids: _Ids) -> Document:
    if step.value.get("type") != "filter":
        step.wrong("type", "A step's type must be `filter` or `recipient`.")
        return {}
    step.allow(FILTER, of="a filter step")
    return {
        "type": "filter",
        "id": ids.keep(step.value.get("id")),
        "description": step.text("description", most=120),
        "notes": step.text("notes", most=2000),
        "reason": _reason(step),
        "outcome": step.choice("outcome", OUTCOMES, required=True),
        "rule_set": _rule_set(step, ids),
        "enabled": step.flag("enabled"),
    }


class _Recipients:
    """Reads recipient steps, with what the flow had before: the keys of its steps, and their credentials."""

    def __init__(self, account: Account, entities: Mapping[str, Entity], before: Document | None) -> None:
        self._entities = entities
        self._before = {
            step["id"]: step for step in (before["steps"] if before else []) if step["type"] == "recipient"
        }
        self._credentials = Credentials(self._before.values(), account_id=account.pk)

    def read(self, step: Body, ids: _Ids) -> Document:
        # `key` is ours, and stands in a document that a page changes and gives back.
        step.allow((*RECIPIENT, "key"), later=RECIPIENT_LATER, of="a recipient step")
        given_id = step.value.get("id")
        kept = self._before.get(given_id) if isinstance(given_id, str) else None
        named, key = self._entity(step, kept)
        return {
            "type": "recipient",
            "id": ids.keep(given_id),
            "description": step.text("description", most=120),
            "notes": step.text("notes", most=2000),
            "entity": named,
            "key": key,
            "integration": self._integration(step, ids),
            "rule_set": _rule_set(step, ids) if step.value.get("rule_set") is not None else None,
            "enabled": step.flag("enabled"),
        }

    def _entity(self, step: Body, kept: Document | None) -> tuple[Document, str]:
        """The entity, and the step's key: rules and templates name it, so renaming the entity leaves it."""
        entity, id = step.object("entity"), _entity_id(step.value)
        entity.allow(ENTITY, of="a recipient's entity")
        found = _found_entity(entity, id, self._entities)
        if found is None:
            return {}, ""
        if kept and kept["entity"]["id"] == id:
            return _named(entity, found), kept["key"]
        if found.recipient is None:
            entity.wrong(
                "id", f"`{found.name}` is no recipient: say what kind of recipient the entity is first."
            )
        elif sentence := key_problem(found.name):
            entity.wrong("id", sentence)
        return _named(entity, found), step_key(found.name)

    def _integration(self, step: Body, ids: _Ids) -> Document:
        integration = step.object("integration")
        integration.allow(("module_id", "mappings"), of="an integration")
        module_id = integration.text("module_id", most=200, required=True)
        module = MODULES.get(module_id)
        if module is None:
            if module_id:
                known = ", ".join(f"`{id}`" for id in MODULES)
                integration.wrong(
                    "module_id", f"The module `{module_id[:80]}` is not supported: use one of {known}."
                )
            return {"module_id": module_id, "mappings": []}
        mappings = (
            integration.objects("mappings", most=MAX_MAPPINGS)
            if integration.value.get("mappings") is not None
            else []
        )
        for needed in module.properties:
            if needed.required and not any(one.value.get("property") == needed.name for one in mappings):
                integration.wrong("mappings", f"A mapping of `{needed.name}` is required.")
        credentials = self._credentials.of_step(step.value.get("id"), [one.value for one in mappings])
        read = [_recipient_mapping(mapping, module, credentials, ids) for mapping in mappings]
        try:
            credentials.check_number(read)
        except NotKept as refusal:
            integration.wrong("mappings", refusal.sentence)
        if sum(may_be_slow(module, one["property"], one.get("value")) for one in read) > MAX_SLOW:
            integration.wrong(
                "mappings",
                f"At most {MAX_SLOW} patterns and paths of a step may look around, refer back or hold variables.",
            )
        return {"module_id": module_id, "mappings": read}


def _recipient_mapping(mapping: Body, module: Module, credentials: OfStep, ids: _Ids) -> Document:
    mapping.allow((*MAPPING, "sealed"), of="a mapping")
    name = mapping.text("property", most=200, required=True)
    sentence = name_problem(module, name) if name else ""
    if sentence:
        mapping.wrong("property", sentence)
    document: Document = {"id": ids.keep(mapping.value.get("id")), "property": name}
    document |= _recipient_value(mapping, module, credentials, checked=bool(name) and not sentence)
    if mapping.value.get("rule_set") is not None:
        document["rule_set"] = _rule_set(mapping, ids)
    return document


def _recipient_value(mapping: Body, module: Module, credentials: OfStep, *, checked: bool) -> Document:
    """`value`, or for a credential `sealed`: the one that was kept where it is not written anew."""
    name = str(mapping.value.get("property"))
    # A document has it that a page changes and gives back.
    if mapping.value.get("sealed") is not None and not credentials.have(mapping.value):
        mapping.wrong("sealed", "`sealed` is not a property of a mapping.")
    try:
        if carried := credentials.carried(mapping.value):
            return carried
        value = _mapped_value(mapping)
        at = mapping.at("value")
        if any(path == at or path.startswith(f"{at}.") for path in mapping.errors):
            return {"value": value}
        value = credentials.filled_in(mapping.value)
    except NotKept as refusal:
        mapping.wrong("value", refusal.sentence)
        return {"value": None}
    if sealing.is_secret(name) and isinstance(value, list):
        mapping.wrong("value", "A credential is one value, not a list.")
    elif checked and (sentence := value_problem(module, name, value)):
        mapping.wrong("value", sentence)
    return {"value": value} if mapping.errors else credentials.kept(mapping.value, value)


def _rule_set(holder: Body, ids: _Ids) -> Document | None:
    value = holder.value.get("rule_set")
    found = rules.problems(value)
    for path, sentence in found:
        holder.wrong(f"rule_set.{path}".rstrip("."), sentence)
    if found or not isinstance(value, dict):
        return None
    for path, rule in rules.walk_rules(value):
        if isinstance(rule.get("rhv"), int | float) and not is_exact(rule["rhv"]):
            holder.wrong(f"rule_set.{path}.rhv", "This number is too large to be kept exactly.")
    return _kept_rule_set(value, ids)


def _kept_rule_set(rule_set: Mapping[str, Any], ids: _Ids) -> Document:
    """Of a rule set without problems."""
    return {
        "id": ids.keep(rule_set.get("id")),
        "op": rule_set["op"],
        "rules": [
            _kept_rule_set(rule, ids) if "rules" in rule else _rule(rule, ids) for rule in rule_set["rules"]
        ],
    }


def _rule(rule: Mapping[str, Any], ids: _Ids) -> Document:
    read = {"id": ids.keep(rule.get("id")), "lhv": rule["lhv"], "op": rule["op"]}
    if rule["op"] in rules.BINARY:
        read["rhv"] = rule["rhv"]
    if rule.get("rule_set") is not None:
        read["rule_set"] = _kept_rule_set(rule["rule_set"], ids)
    return read


# --- Destinations


def _destinations(flow: Body, account: Account, ids: _Ids, before: Document | None) -> list[Document]:
    kept: list[Document] = before["destinations"] if before else []
    if "destinations" not in flow.value:
        return kept
    entries = flow.objects("destinations", most=MAX_DESTINATIONS)
    found = _locked_destinations(account, [entry.value.get("instance_id") for entry in entries])
    settings = {action["action"]: action for use in kept for action in use["actions"]}
    seen: set[str] = set()
    return [use for entry in entries if (use := _use(entry, found, settings, seen, ids))]


def _locked_destinations(account: Account, instance_ids: Iterable[object]) -> dict[str, Destination]:
    destinations = (
        Destination.objects.for_account(account)
        .activated()
        .filter(instance_id__in=[id for id in instance_ids if isinstance(id, str) and "\0" not in id])
        .order_by("pk")
        .select_for_update(no_key=True)
        .prefetch_related(Prefetch("actions", Action.objects.current(), to_attr="current_actions"))
    )
    return {destination.instance_id: destination for destination in destinations}


def _use(
    entry: Body,
    found: Mapping[str, Destination],
    settings: Mapping[str, Document],
    seen: set[str],
    ids: _Ids,
) -> Document | None:
    entry.allow(DESTINATION, of="a destination")
    instance_id = entry.text("instance_id", most=200, required=True)
    destination = found.get(instance_id)
    if destination is None:
        entry.wrong("instance_id", f"This account has no destination with the instance_id `{instance_id}`.")
        return None
    if instance_id in seen:
        entry.wrong(
            "instance_id", f"`{destination.name}` stands in this flow twice: list its actions in one entry."
        )
    seen.add(instance_id)
    return {"destination": destination.pk, "actions": _actions(entry, destination, settings, ids)}


def _actions(
    entry: Body, destination: Destination, settings: Mapping[str, Document], ids: _Ids
) -> list[Document]:
    current: list[Action] = destination.current_actions  # type: ignore[attr-defined]
    if entry.value.get("actions") is None:
        if len(current) == 1:
            return [_action(Body({"action_id": current[0].action_id}), current[0], settings, ids)]
        entry.wrong(
            "actions", f"`{destination.name}` has {len(current)} actions: name those that this flow uses."
        )
        return []
    named = entry.objects("actions", most=MAX_ACTIONS)
    if entry.value["actions"] == []:
        entry.wrong(
            "actions", f"Name at least one action of `{destination.name}`, or leave the destination out."
        )
    by_action_id = {action.action_id: action for action in current}
    read: list[Document] = []
    for item in named:
        action_id = item.text("action_id", most=200, required=True)
        action = by_action_id.get(action_id)
        if action is None:
            item.wrong("action_id", f"`{destination.name}` has no action with the action_id `{action_id}`.")
        elif any(other["action"] == action.pk for other in read):
            item.wrong("action_id", f"The action `{action_id}` of `{destination.name}` is listed twice.")
        else:
            read.append(_action(item, action, settings, ids))
    return read


def _action(item: Body, action: Action, settings: Mapping[str, Document], ids: _Ids) -> Document:
    """One use. A key that is left out keeps what the flow has for this action; null takes it away."""
    item.allow(ACTION, of="an action")
    kept = settings.get(action.pk, {"enabled": True, "rule_set": None})
    enabled, rule_set = kept["enabled"], kept["rule_set"]
    independent = kept.get("independent", False)
    if "enabled" in item.value:
        enabled = item.flag("enabled")
    if "rule_set" in item.value:
        rule_set = None if item.value["rule_set"] is None else _rule_set(item, ids)
    if "independent" in item.value:
        independent = item.value["independent"] is not None and item.flag("independent")
    return {
        "action": action.pk,
        "action_id": action.action_id,
        "enabled": enabled,
        "rule_set": rule_set,
        "independent": independent,
    }
