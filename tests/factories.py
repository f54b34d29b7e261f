"""Rows that tests begin with, made as the product makes them."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from factory import declarations
from factory.django import DjangoModelFactory

from destinations.models import Action, Destination, DestinationRevision, Lane
from flows import editing
from flows.models import Entity, Flow
from leadconduit.accounts.models import Account, ApiKey, Membership, Role, User
from leadconduit.lib.ids import new_id

# factory_boy leaves these without types.
declare: Any = declarations


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    name = declare.Sequence(lambda n: f"Account {n}")


class UserFactory(DjangoModelFactory[User]):
    """A member of an account: `UserFactory.create(account=acme, role=Role.ADMIN)`."""

    class Meta:
        model = User

    email = declare.Sequence(lambda n: f"user{n}@acme.test")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **values: Any) -> User:
        account, role = values.pop("account", None), values.pop("role", Role.ADMIN)
        user = User.objects.create_user(values.pop("email"), values.pop("password", None), **values)
        if account:
            Membership.objects.create(user=user, account=account, role=role)
        return user


class EntityFactory(DjangoModelFactory[Entity]):
    class Meta:
        model = Entity

    account = declare.SubFactory(AccountFactory)
    name = declare.Sequence(lambda n: f"Seller {n}")
    source = "seller"


class DestinationFactory(DjangoModelFactory[Destination]):
    """An activated webhook destination with its live revision, its lane, and one action for each of `actions`.

    `draft=True` leaves it a draft. `url` is where it sends to; every action maps the lead's e-mail.
    """

    class Meta:
        model = Destination

    account = declare.SubFactory(AccountFactory)
    name = declare.Sequence(lambda n: f"Webhook {n}")
    instance_id = declare.LazyFunction(new_id)
    integration = "webhook"
    integration_name = "Custom Webhook"

    @classmethod
    def _create(cls, model_class: type[Destination], *args: Any, **values: Any) -> Destination:
        names, draft = values.pop("actions", ["Contacts"]), values.pop("draft", False)
        url = values.pop("url", "https://receiver.example/leads")
        destination = Destination.objects.create(**values)
        actions = [_action(name) for name in names]
        revision = DestinationRevision.objects.create(
            destination=destination,
            number=1,
            document={
                "connection": None,
                "scheme": "none",
                "configuration": {"url": url, "method": "POST", "format": "json", "timeout": 30},
                "actions": actions,
            },
            applied_at=None if draft else timezone.now(),
        )
        if not draft:
            _activate(destination, revision)
        return destination


def _action(name: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "action_id": name.lower().replace(" ", "-"),
        "name": name,
        "configuration": {"path": ""},
        "mapping": [{"target": "email", "template": "{{lead.email}}", "default": ""}],
    }


def _activate(destination: Destination, revision: DestinationRevision) -> None:
    destination.live, destination.activated_at = revision, revision.applied_at
    destination.save(update_fields=["live", "activated_at"])
    Lane.objects.create(destination=destination)
    for position, action in enumerate(revision.actions):
        Action.objects.create(
            pk=action["id"],
            destination=destination,
            action_id=action["action_id"],
            name=action["name"],
            position=position,
        )


class FlowFactory(DjangoModelFactory[Flow]):
    """A flow of the account, saved, and with `deployed=True` deployed.

    Further values become parts of its body; `uses=[destination, ...]` attaches every action of each.
    """

    class Meta:
        model = Flow

    account = declare.SubFactory(AccountFactory)
    name = declare.Sequence(lambda n: f"Flow {n}")

    @classmethod
    def _create(cls, model_class: type[Flow], *args: Any, **values: Any) -> Flow:
        account, deployed = values.pop("account"), values.pop("deployed", False)
        uses, now = values.pop("uses", []), values.pop("now", None) or timezone.now()
        body = flow_body(**{"destinations": [use_of(destination) for destination in uses], **values})
        flow = editing.create(account=account, body=body, author=None, now=now)
        if deployed:
            flow = editing.deploy(flow=flow, author=None, now=now)
        return flow


def flow_body(**parts: Any) -> dict[str, Any]:
    """The smallest body of a flow, with these parts put into it."""
    return {"name": "Sales Leads", "enabled": True, "fields": ["email"], "sources": [], "steps": [], **parts}


def source_of(of: Entity, /, **parts: Any) -> dict[str, Any]:
    return {
        "integration": {"module_id": "leadconduit-default.inbound"},
        "entity": {"id": of.pk},
        "enabled": True,
        **parts,
    }


def filter_step(*rules: dict[str, Any], op: str = "or", **parts: Any) -> dict[str, Any]:
    rule = {"lhv": "lead.state", "op": "is equal to", "rhv": "CA"}
    return {
        "type": "filter",
        "outcome": "failure",
        "reason": "Not in our area",
        "rule_set": {"op": op, "rules": list(rules) or [rule]},
        **parts,
    }


def recipient_step(entity: Entity, /, url: str = "https://crm.example/leads", **parts: Any) -> dict[str, Any]:
    """Asks for JSON; `mapped` are further properties and their values."""
    mapped = {"url": url, "json_property.email": "{{lead.email}}", **parts.pop("mapped", {})}
    mappings = [{"property": name, "value": value} for name, value in mapped.items()]
    return {
        "type": "recipient",
        "entity": {"id": entity.pk},
        "integration": {"module_id": "leadconduit-custom.outbound.json", "mappings": mappings},
        **parts,
    }


def use_of(destination: Destination, *action_ids: str, **parts: Any) -> dict[str, Any]:
    """An entry of a flow's destinations: these actions of it, or all of them. Further parts go into each action."""
    wanted = action_ids or tuple(
        Action.objects.current().filter(destination=destination).values_list("action_id", flat=True)
    )
    return {
        "instance_id": destination.instance_id,
        "actions": [{"action_id": action_id, **parts} for action_id in wanted],
    }


def api_key(account: Account, *, by: User | None = None) -> str:
    """The clear text of a new key to the account's API."""
    return ApiKey.make(account=account, name="Integration", by=by)[1]


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
