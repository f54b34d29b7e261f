"""Something to try the product on: an account with a person, a key, destinations and a deployed flow.

Leads go to the request inspector, and to Salesforce where its stand-in is there: as somebody there had consented.
Only the demo's own password and key are kept in clear, so that every start can print the same ones.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from destinations import configured, wizard
from destinations.connectors.salesforce.declaration import KEPT
from destinations.connectors.salesforce.stand_in import SALESFORCE
from destinations.credentials import connections
from destinations.mapping import MappingRow
from destinations.models import Destination
from destinations.platforms.port import Connected, Identity, Tokens
from destinations.sandbox import oauth
from destinations.wizard import ActionEntry
from flows import editing, uses
from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, ApiKey, Membership, Role, User
from leadconduit.lib import outbound

EMAIL = "demo@example.com"
NAME = "Demo"
FIELDS = (
    "first_name",
    "last_name",
    "phone_1",
    "email",
    "address_1",
    "city",
    "state",
    "postal_code",
    "comments",
)
SAMPLE = "first_name=Ada&last_name=Lovelace&email=ada@example.com&phone_1=5127891111&city=Austin&state=TX"
ACTIONS = {
    "Create lead": (
        "leads",
        (
            MappingRow("email", "{{lead.email}}"),
            MappingRow("first_name", "{{lead.first_name}}"),
            MappingRow("last_name", "{{lead.last_name}}"),
            MappingRow("phone", "{{lead.phone_1}}", transformations=({"use": "e164"},)),
            MappingRow("address.city", "{{lead.city}}"),
            MappingRow("address.state", "{{lead.state}}"),
            MappingRow("source", "{{source.name}}", "Unknown"),
        ),
    ),
    "Notify sales": (
        "notifications",
        (
            MappingRow("text", "New lead: {{lead.first_name}} {{lead.last_name}}"),
            MappingRow("email", "{{lead.email}}"),
            MappingRow("flow", "{{flow.name}}"),
        ),
    ),
}

CAMPAIGN = "Solar savings 2026"
MAPPINGS_IN_SALESFORCE = {
    "create_lead": (
        MappingRow("LastName", "{{lead.last_name}}", "Unknown"),
        MappingRow("FirstName", "{{lead.first_name}}"),
        MappingRow("Company", "{{lead.last_name}} household"),
        MappingRow("Email", "{{lead.email}}"),
        MappingRow("Phone", "{{lead.phone_1}}", transformations=({"use": "e164"},)),
        MappingRow("City", "{{lead.city}}"),
        MappingRow("State", "{{lead.state}}"),
        MappingRow("Description", "{{lead.comments}}"),
        MappingRow("LeadSource", "Web"),
    ),
    "add_to_campaign": (MappingRow("LeadId", "{{receipts.create_lead.id}}"),),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What `demo.json` holds."""

    email: str
    password: str
    api_key: str
    flow_id: str
    source_id: str
    salesforce: str = ""
    """The destination there, once it was made: one that somebody deletes stays away."""


def ensure(*, file: Path, inspector_url: str, now: datetime) -> Kept:
    """The demo as it was left, or a new one where there is none; its webhook points at this inspector."""
    kept = _read(file)
    if kept is None or not Flow.objects.filter(pk=kept.flow_id, deleted_at__isnull=True).exists():
        kept = _make(before=kept, inspector_url=inspector_url, now=now)
        _write(file, kept)
    if not kept.salesforce and _stands_in_for_salesforce():
        kept = replace(kept, salesforce=_add_salesforce(kept, now=now))
        _write(file, kept)
    _point(kept, inspector_url, now=now)
    return kept


def _read(file: Path) -> Kept | None:
    try:
        return Kept(**json.loads(file.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(file: Path, kept: Kept) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w") as stream:
        json.dump(asdict(kept), stream)


@transaction.atomic
def _make(*, before: Kept | None, inspector_url: str, now: datetime) -> Kept:
    password = before.password if before else f"demo-{secrets.token_urlsafe(9)}"
    person = _person(password)
    account = person.membership.account
    key = before.api_key if before else secrets.token_hex(20)
    ApiKey.objects.filter(account=account, name=NAME).delete()
    ApiKey.make(account=account, name=NAME, by=person, key=key)
    destination = _destination(account, person, inspector_url, now=now)
    flow, source = _flow(account, person, destination, now=now)
    return Kept(EMAIL, password, key, flow.pk, source.pk)


def _person(password: str) -> User:
    person = User.objects.filter(email=EMAIL).first()
    if person is None:
        person = User.objects.create_user(EMAIL, password, name="Demo Owner")
        Membership.objects.create(
            user=person, account=Account.objects.create(name="Demo account"), role=Role.OWNER
        )
    else:
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def _destination(account: Account, person: User, inspector_url: str, *, now: datetime) -> Destination:
    destination = wizard.begin(account=account, integration="webhook", name="Demo CRM", by=person, now=now)
    wizard.save_auth(destination=destination, scheme="none", values={}, by=person, now=now)
    wizard.save_configuration(destination=destination, values={"url": inspector_url}, by=person, now=now)
    actions = [ActionEntry("", name, {"path": path}) for name, (path, _) in ACTIONS.items()]
    wizard.save_actions(destination=destination, actions=actions, by=person, now=now)
    drafted = {action["name"]: action["id"] for action in destination.revisions.latest("number").actions}
    mappings = {drafted[name]: rows for name, (_, rows) in ACTIONS.items()}
    wizard.save_mapping(destination=destination, mappings=mappings, by=person, now=now)
    # Nothing serves the inspector yet while the demo is made, so no test can be sent.
    wizard.activate(destination=destination, by=person, now=now, untested=True)
    return destination


def _flow(account: Account, person: User, destination: Destination, *, now: datetime) -> tuple[Flow, Entity]:
    source = Entity.objects.create(account=account, name="Website form", source="form", recipient=None)
    blank = {"op": "and", "rules": [{"lhv": "lead.email", "op": "is blank"}]}
    body = {
        "name": "Demo flow",
        "enabled": True,
        "fields": list(FIELDS),
        "sources": [
            {"integration": {"module_id": "leadconduit-default.inbound"}, "entity": {"id": source.pk}}
        ],
        "steps": [
            {
                "type": "filter",
                "description": "Leads without an e-mail",
                "outcome": "failure",
                "reason": "An e-mail is required",
                "rule_set": blank,
            }
        ],
        "destinations": [
            {
                "instance_id": destination.instance_id,
                "actions": [{"action_id": action.action_id} for action in destination.actions.current()],
            }
        ],
    }
    flow = editing.create(account=account, body=body, author=person, now=now)
    editing.deploy(flow=flow, author=person, now=now)
    return flow, source


def _point(kept: Kept, inspector_url: str, *, now: datetime) -> None:
    """Another start may serve the inspector on another port."""
    flow = Flow.objects.select_related("account").get(pk=kept.flow_id)
    destination = (
        Destination.objects.for_account(flow.account)
        .activated()
        .filter(name="Demo CRM")
        .order_by("pk")
        .first()
    )
    if destination is None or destination.live is None:
        return
    url = destination.live.document["configuration"].get("url", "")
    if url == inspector_url or "/sandbox/inspector" not in url:
        return
    configuration = destination.live.document["configuration"] | {"url": inspector_url}
    wizard.save_configuration(destination=destination, values=configuration, by=None, now=now)
    wizard.apply(
        destination=destination,
        by=None,
        now=now,
        used_by=lambda _: (),
        waiting=lambda _: 0,
        untested=True,
    )


# --- Salesforce


def _stands_in_for_salesforce() -> bool:
    return outbound.rewritten("https://login.salesforce.com/") != "https://login.salesforce.com/"


@transaction.atomic
def _add_salesforce(kept: Kept, *, now: datetime) -> str:
    flow = Flow.objects.select_related("account", "saved", "deployed").get(pk=kept.flow_id)
    person = User.objects.get(email=kept.email)
    destination = _salesforce(flow.account, person, now=now)
    uses.attach(
        flow=flow,
        actions=destination.actions.current(),
        author=person,
        now=now,
        # What somebody left undeployed is theirs to deploy.
        deploys=flow.saved == flow.deployed,
    )
    return destination.instance_id


def _salesforce(account: Account, person: User, *, now: datetime) -> Destination:
    destination = wizard.begin(
        account=account, integration="salesforce", name="Demo Salesforce", by=person, now=now
    )
    wizard.save_auth(destination=destination, scheme="oauth2_code", values={}, by=person, now=now)
    _consent(destination, person, now=now)
    # The sample is sent more than once: a duplicate rule would let it in only the first time.
    of_lead = {"assignment": "active", "duplicates": "allow", "key_field": "LeadConduit_Id__c"}
    actions = [
        ActionEntry("", "Create New Lead", of_lead, action_id="create_lead"),
        ActionEntry("", "Add to Campaign", {"campaign": _campaign()}, action_id="add_to_campaign"),
    ]
    wizard.save_configuration(destination=destination, values={}, actions=actions, by=person, now=now)
    drafted = {action["action_id"]: action["id"] for action in configured.current(destination).actions}
    mappings = {drafted[action_id]: rows for action_id, rows in MAPPINGS_IN_SALESFORCE.items()}
    wizard.save_mapping(destination=destination, mappings=mappings, by=person, now=now)
    wizard.activate(destination=destination, by=person, now=now, untested=True)
    return destination


def _consent(destination: Destination, person: User, *, now: datetime) -> None:
    """Nothing serves the consent page yet while the demo is made."""
    connection = configured.connection_of(destination, configured.current(destination).document)
    assert connection is not None
    given, organisation = oauth.consented(SALESFORCE), SALESFORCE.organisations[0]
    tokens = Tokens({key: given[key] for key in ("access_token", "refresh_token", *KEPT)})
    identity = Identity(organisation.user, organisation.name, organisation.id)
    outcome = Connected("connected", identity=identity, tokens=tokens)
    connections.connected(connection, outcome, by=person, now=now)


def _campaign() -> str:
    there = SALESFORCE.seed(SALESFORCE.organisations[0])
    return next(id for kind, id, fields in there if kind == "Campaign" and fields["Name"] == CAMPAIGN)
