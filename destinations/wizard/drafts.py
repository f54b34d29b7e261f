"""A destination is begun and set up in a draft. Nothing live changes here.

What a person typed is saved as it is, complete or not, so that it is there when they come back.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from destinations import configured
from destinations.configured import Document, current, platform_of
from destinations.credentials import connections
from destinations.fields import FieldSpec, cleared, goes_elsewhere, split_secrets, with_defaults
from destinations.mapping import MappingRow, Table
from destinations.models import Connection, ConnectionStatus, Destination, DestinationRevision
from destinations.platforms.port import ActionSpec, Connected, UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from destinations.wizard.completeness import spec_of
from destinations.wizard.errors import Gone, NotActivated, NothingToApply, SavedMeanwhile
from leadconduit.accounts.models import Account, AuditEvent, User
from leadconduit.lib.ids import is_id, new_id, short_id

MAX_ACTIONS = 50


# --- Begin


def begin(
    *,
    account: Account,
    integration: str,
    by: User | None,
    now: datetime,
    platform: str = "builtin",
    name: str = "",
) -> Destination:
    """A new destination with an empty draft. Without a name it takes the integration's, made unique.

    Raises port.UnknownIntegration.
    """
    port = PLATFORMS.get(platform)
    if port is None:
        raise UnknownIntegration
    offered = port.marketplace.get(account.pk, integration)
    name = name or _unused_name(account, offered.name)
    instance_id = port.setup.create(account.pk, integration, name)
    with transaction.atomic():
        destination = Destination.objects.create(
            # Where the platform's id has our form, one id does for both.
            id=instance_id if is_id(instance_id) else new_id(now),
            account=account,
            instance_id=instance_id,
            platform=platform,
            integration=integration,
            integration_name=offered.name,
            name=name,
            created_by=by,
            created_at=now,
        )
        DestinationRevision.objects.open_draft(destination=destination, by=by, now=now)
    return destination


def _unused_name(account: Account, name: str) -> str:
    taken = set(
        Destination.objects.for_account(account).filter(name__startswith=name).values_list("name", flat=True)
    )
    if name not in taken:
        return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


# --- What a page showed


def stamp(part: object) -> str:
    """Short, and another one for whatever is different."""
    return hashlib.sha256(orjson.dumps(part, option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]


def stamps(document: Document) -> dict[str, str]:
    """Of the parts of a document that are saved each by itself: `auth`, `configuration`, `actions` without their
    mappings, `tables`, and each action's mapping by the action's id."""
    return {
        "auth": stamp([document["scheme"], document["connection"]]),
        "configuration": stamp(document["configuration"]),
        "actions": stamp(_without_mappings(document["actions"])),
        "tables": stamp([table.to_json() for table in configured.tables_of(document)]),
        **{action["id"]: stamp(_rows_in_json(configured.rows_of(action))) for action in document["actions"]},
    }


def _without_mappings(actions: Iterable[Document]) -> list[Document]:
    # An action that never was live gets its key anew with its name: that alone is no change.
    return [{key: action[key] for key in ("id", "name", "configuration")} for action in actions]


def _rows_in_json(rows: Iterable[MappingRow]) -> list[Document]:
    return [row.to_json() for row in rows]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw who saves: the stamps of the parts that the page showed, by their names in `stamps`.

    `over` is the stamp of a whole document that may be saved over, whatever the page showed.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    over: str = ""

    def of(self, document: Document) -> Mapping[str, str]:
        """The stamps to go by, where this is the document."""
        return {} if self.over and self.over == stamp(document) else self.parts


def _is_to_stay(was: str | None, stands: str, wanted: str) -> bool:
    """Is what stands newer than what was shown, and what was shown not changed? By the three stamps of a part.

    Raises SavedMeanwhile where both are other than what was shown.
    """
    if was is None or stands in (was, wanted):
        return False
    if wanted != was:
        raise SavedMeanwhile
    return True


# --- Save into the draft


def save_auth(
    *,
    destination: Destination,
    scheme: str,
    values: Mapping[str, Any],
    by: User | None,
    now: datetime,
    seen: Seen = Seen(),
    anew: bool = False,
) -> dict[str, str]:
    """How to authenticate. With `anew`, what was connected before is left as it is, whatever was entered. Other credentials than before are another connection, which the draft names then.

    A secret left blank keeps the stored one, as long as the scheme is the same; so does a pair's blank value
    under the same name. Returns what is wrong, by field (`scheme` among them). Raises SavedMeanwhile: credentials
    are secret, so whether any were changed on the page is not asked.
    """
    document = current(destination).document
    if seen.of(document).get("auth", was := stamps(document)["auth"]) != was:
        raise SavedMeanwhile
    before = configured.connection_of(destination, document)
    kept = configured.entered_for(destination, document, before) if before and before.scheme == scheme else {}
    setup = platform_of(destination).setup
    standing = configured.values_of(destination, document)
    chosen = next((known for known in setup.schemes(standing) if known.key == scheme), None)
    if chosen is None:
        return {"scheme": "Choose one of the ways to authenticate."}
    merged = merged_credentials(chosen.fields, values, kept)
    kept_as_they_are = {spec.key for spec in chosen.fields if spec.is_secret and not values.get(spec.key)}
    entered = {key: value for key, value in merged.items() if key not in kept_as_they_are}
    if before and before.scheme == scheme and merged == kept and before.verified_at and not anew:
        _revise(destination, by=by, now=now, parts=lambda _: {"scheme": scheme, "connection": before.pk})
        return {}
    standing = replace(standing, credentials={key: merged.get(key) for key in kept})
    connected = setup.connect(standing, scheme, entered)
    _name_connection(
        destination,
        before,
        scheme=scheme,
        fields=chosen.fields,
        merged=merged,
        kept=kept,
        connected=connected,
        anew=anew,
        by=by,
        now=now,
    )
    return dict(connected.problems)


def use_connection(
    *, destination: Destination, connection: Connection, by: User | None, now: datetime
) -> None:
    """Let the draft name a connection that is there already, of the same account and integration."""
    before = configured.connection_of(destination, current(destination).document)
    parts = {"scheme": connection.scheme, "connection": connection.pk}
    with transaction.atomic():
        _revise(destination, by=by, now=now, parts=lambda _: parts)
        if before and before.pk != connection.pk:
            _forget_unless_named(before)


def merged_credentials(
    fields: Iterable[FieldSpec], values: Mapping[str, Any], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """What was entered, or what is kept where a secret was left blank: none that would go to another host."""
    fields = tuple(fields)
    if kept and goes_elsewhere(fields, kept, with_defaults(fields, values)):
        sent = {spec.key for spec in fields if spec.is_secret and spec.is_sent}
        kept = {key: value for key, value in kept.items() if key not in sent}
    merged = {spec.key: _merged(spec, values.get(spec.key, spec.default), kept) for spec in fields}
    for spec in fields:
        if spec.previous and kept.get(spec.key) and merged[spec.key] != kept[spec.key]:
            merged[spec.previous] = kept[spec.key]
        if spec.forgets and merged[spec.key]:
            merged |= {spec.forgets: "", spec.key: False}
    return merged


def _merged(spec: FieldSpec, entered: Any, kept: Mapping[str, Any]) -> Any:
    stored = kept.get(spec.key)
    if spec.kind == "secret":
        return entered or stored
    if spec.kind == "secret_pairs" and isinstance(entered, list):
        values = dict(stored or ())
        return [[name, value or values.get(name, "")] for name, value in entered]
    return entered


@transaction.atomic
def _name_connection(
    destination: Destination,
    before: Connection | None,
    *,
    scheme: str,
    fields: Sequence[FieldSpec],
    merged: Mapping[str, Any],
    kept: Mapping[str, Any],
    connected: Connected,
    anew: bool,
    by: User | None,
    now: datetime,
) -> None:
    """Let the draft name a connection with these values: the one before where it is the same."""
    is_same = before is not None and before.scheme == scheme and merged == kept
    connection = before if is_same and not (anew and before and before.verified_at) else None
    is_something = any(merged[spec.key] not in (None, "", spec.default) for spec in fields)
    if connection is None and (is_something or connected.status == "waiting"):
        shown, secret = split_secrets(fields, merged)
        connection = Connection(
            id=new_id(now),
            account_id=destination.account_id,
            platform=destination.platform,
            integration=destination.integration,
            scheme=scheme,
            name=destination.integration_name,
            settings=shown,
            created_by=by,
            created_at=now,
        )
        connection.seal(secret)
        connection.save(force_insert=True)
    is_begun = connection is not None and connection is before
    if connection is not None and not (is_begun and connection.status != ConnectionStatus.INCOMPLETE):
        connections.begin(connection, connected, now=now)
    named = connection.pk if connection else None
    _revise(destination, by=by, now=now, parts=lambda _: {"scheme": scheme, "connection": named})
    if before and before.pk != named:
        _forget_unless_named(before)


def _forget_unless_named(connection: Connection) -> None:
    """Credentials that no revision names any more are erased, not kept for nobody."""
    revisions = DestinationRevision.objects.filter(destination__account=connection.account_id)
    if not revisions.filter(document__connection=connection.pk).exists():
        connection.delete()


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """An action as it was filled in. An `id` that the draft does not know makes a new one.

    `action_id` is given for an action that the integration offers once: it is found by that, whatever its `id`.
    """

    id: str
    name: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    action_id: str = ""


def save_configuration(
    *,
    destination: Destination,
    values: Mapping[str, Any],
    actions: Sequence[ActionEntry] | None = None,
    by: User | None,
    now: datetime,
    seen: Seen = Seen(),
) -> dict[str, str]:
    """All pages of the integration's configuration, and its actions where they are given. Returns what is wrong with
    the configuration, by field. Raises SavedMeanwhile, and has saved nothing then."""
    document = current(destination).document
    standing = configured.values_of(destination, document)
    setup = platform_of(destination).setup
    pages = setup.pages(standing)
    configuration: dict[str, Any] = {}
    for page in pages:
        configuration |= cleared(page.fields, document["configuration"], with_defaults(page.fields, values))
    live = _live_actions(destination)
    if actions is not None:
        actions = _without_stale_choices(setup.offers(standing), document, actions)

    def parts(document: Document) -> Document:
        of_actions = {} if actions is None else _with_actions(document, actions, live, seen)
        return _with_configuration(document, configuration, seen) | of_actions

    parts(document)
    wrong: dict[str, str] = {}
    for page in pages:
        wrong |= setup.save(standing, page.key, configuration)
    _revise(destination, by=by, now=now, parts=parts)
    return wrong


def _without_stale_choices(
    offers: Sequence[ActionSpec], document: Document, entries: Sequence[ActionEntry]
) -> list[ActionEntry]:
    before = {key: a["configuration"] for a in document["actions"] for key in (a["id"], a["action_id"])}

    def current_one(entry: ActionEntry) -> ActionEntry:
        spec, standing = spec_of(offers, entry.action_id), before.get(entry.action_id or entry.id, {})
        return replace(
            entry, configuration=cleared(spec.fields if spec else (), standing, entry.configuration)
        )

    return [current_one(entry) for entry in entries]


def _with_configuration(document: Document, configuration: Document, seen: Seen) -> Document:
    was, stands = seen.of(document).get("configuration"), stamp(document["configuration"])
    return {} if _is_to_stay(was, stands, stamp(configuration)) else {"configuration": configuration}


def save_actions(
    *, destination: Destination, actions: Sequence[ActionEntry], by: User | None, now: datetime
) -> None:
    """The destination's actions, in this order; those left out are removed. Mappings stay with their action.

    An action keeps its id. Its `action_id` is made from its name, and never changes from when it is live.
    """
    live = _live_actions(destination)
    _revise(
        destination, by=by, now=now, parts=lambda document: _with_actions(document, actions, live, Seen())
    )


def _live_actions(destination: Destination) -> dict[str, str]:
    """Ids by `action_id`, those included that were removed: they come back as themselves."""
    return dict(destination.actions.values_list("action_id", "pk"))


def _with_actions(
    document: Document, actions: Sequence[ActionEntry], live: Mapping[str, str], seen: Seen
) -> Document:
    before = {action["id"]: action for action in document["actions"]}
    drafted = {action["action_id"]: action["id"] for action in document["actions"] if action["action_id"]}
    ids = {**live, **drafted}
    wanted = [
        _offered_action(entry, before, ids) if entry.action_id else _action(entry, before, live)
        for entry in actions[:MAX_ACTIONS]
    ]
    was, stands = seen.of(document).get("actions"), stamp(_without_mappings(document["actions"]))
    return {} if _is_to_stay(was, stands, stamp(_without_mappings(wanted))) else {"actions": wanted}


def _offered_action(entry: ActionEntry, standing: Mapping[str, Document], ids: Mapping[str, str]) -> Document:
    id = ids.get(entry.action_id) or new_id()
    return {
        "id": id,
        "action_id": entry.action_id,
        "name": entry.name,
        "configuration": dict(entry.configuration),
        "mapping": standing[id]["mapping"] if id in standing else [],
    }


def _action(entry: ActionEntry, standing: dict[str, Document], live: Mapping[str, str]) -> Document:
    before = standing.pop(entry.id, None) or {"id": new_id(), "action_id": "", "name": "", "mapping": []}
    name = entry.name.strip()
    kept = before["id"] in live.values() or before["name"] == name
    return {
        "id": before["id"],
        "action_id": before["action_id"] if kept else _key_from(name),
        "name": name,
        "configuration": dict(entry.configuration),
        "mapping": before["mapping"],
    }


def _key_from(name: str) -> str:
    if not name:
        return ""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join([*words, short_id()])[-100:]


def save_mapping(
    *,
    destination: Destination,
    mappings: Mapping[str, Iterable[MappingRow]],
    tables: Iterable[Table] | None = None,
    by: User | None,
    now: datetime,
    seen: Seen = Seen(),
) -> None:
    """The mapping rows of some of the draft's actions, by the action's id; and its look-up tables, all or none.

    Raises SavedMeanwhile where one of them was changed since it was seen; then nothing is saved.
    """
    wanted = {id: list(rows) for id, rows in mappings.items()}
    kept = None if tables is None else [table.to_json() for table in tables]

    def parts(document: Document) -> Document:
        shown = seen.of(document)

        def mapped(action: Document) -> Document:
            rows, stands = wanted.get(action["id"]), configured.rows_of(action)
            # What means the same stays as it is written: nobody changed anything.
            if rows is None or rows == stands:
                return action
            json = _rows_in_json(rows)
            if _is_to_stay(shown.get(action["id"]), stamp(_rows_in_json(stands)), stamp(json)):
                return action
            return action | {"mapping": json}

        actions = [mapped(action) for action in document["actions"]]
        if kept is None or kept == document.get("tables", []):
            return {"actions": actions}
        stays = _is_to_stay(shown.get("tables"), stamps(document)["tables"], stamp(kept))
        return {"actions": actions} if stays else {"actions": actions, "tables": kept}

    _revise(destination, by=by, now=now, parts=parts)


@transaction.atomic
def _revise(
    destination: Destination, *, by: User | None, now: datetime, parts: Callable[[Document], Document]
) -> None:
    """Put new parts into the draft, which is begun only when something is different from what is live."""
    locked = lock(destination)
    document = current(locked).document
    changed = parts(document)
    if document | changed != document:
        _bind(locked, document | changed, by=by)
        draft = DestinationRevision.objects.open_draft(destination=locked, by=by, now=now)
        draft.change(by=by, now=now, **changed)


def _bind(destination: Destination, document: Document, *, by: User | None) -> None:
    """Credentials go where the first draft leads that names them. Whoever entered them may say another host until they
    are live somewhere; nobody else may, and then nobody: they are entered again."""
    connection, host = (
        configured.connection_of(destination, document),
        configured.host_of(destination, document),
    )
    if connection is None or not host or connection.goes_to == host:
        return
    if connection.goes_to and not _is_still_of(connection, by):
        return
    # What was bound or connected anew meanwhile stays.
    same = Connection.objects.filter(pk=connection.pk, goes_to=connection.goes_to, version=connection.version)
    same.update(goes_to=host)


def _is_still_of(connection: Connection, by: User | None) -> bool:
    """Did nobody else enter anything, and does nothing deliver by it yet?"""
    if by is None or connection.created_by_id != by.pk or connection.version > 1:
        return False
    applied = DestinationRevision.objects.filter(
        destination__account=connection.account_id, applied_at__isnull=False
    )
    return not applied.filter(document__connection=connection.pk).exists()


def lock(destination: Destination) -> Destination:
    """The destination as it is now, held until the transaction ends. Attaching to a flow holds it too."""
    rows = Destination.objects.filter(deleted_at__isnull=True).select_for_update(no_key=True)
    locked = rows.filter(pk=destination.pk).first()
    if locked is None:
        raise Gone
    return locked


def discard_draft(*, destination: Destination, by: User | None) -> None:
    """Go back to what is live. Credentials that only the draft had are erased."""
    with transaction.atomic():
        locked = lock(destination)
        if locked.live is None:
            raise NotActivated("There is nothing live to go back to: delete the destination instead.")
        draft = DestinationRevision.objects.draft_of(locked)
        if draft is None:
            raise NothingToApply
        connection = configured.connection_of(locked, draft.document)
        number = draft.number
        draft.delete()
        if connection:
            _forget_unless_named(connection)
        AuditEvent.record(
            account=locked.account,
            by=by,
            action="destination.draft_discarded",
            on=locked,
            detail={"revision": number},
        )
