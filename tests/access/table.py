"""Who gets what answer, for every route and method of the product. A test holds it against the real answers.

A new page is a line here. An answer is a class of answers: LOGIN (sent to sign in), IN (let in: the page, a
redirection, or a complaint about what was sent), or the status of a refusal. A method that a route does not name is
refused with 405.
"""

from typing import NamedTuple

LOGIN = "login"
IN = "in"

Answer = str | int


class Access(NamedTuple):
    """What each of the cast gets. The thing that a route names is Acme's."""

    nobody: Answer
    stranger: Answer  # the owner of another account, and that account's key
    viewer: Answer
    admin: Answer
    key: Answer  # of Acme
    revoked_key: Answer  # of Acme


# Pages: of a list, everybody sees their own account's; what belongs to another account is not there.
SEE = Access(LOGIN, IN, IN, IN, LOGIN, LOGIN)
SEE_IT = Access(LOGIN, 404, IN, IN, LOGIN, LOGIN)
CHANGE = Access(LOGIN, IN, 403, IN, LOGIN, LOGIN)
CHANGE_IT = Access(LOGIN, 404, 403, IN, LOGIN, LOGIN)
# For those who may change, and not there in the destination that the walk is made with.
NOT_THERE = Access(LOGIN, 404, 403, 404, LOGIN, LOGIN)
# For the account's owner alone; the stranger owns theirs.
OWN = Access(LOGIN, IN, 403, 403, LOGIN, LOGIN)
# The REST API knows keys and no sessions. A key acts for its account, with the right to change.
CALL = Access(401, IN, 401, 401, IN, 401)
CALL_IT = Access(401, 404, 401, 401, IN, 401)
# For everybody: signing in, health, the API's description, and where leads come in.
OPEN = Access(IN, IN, IN, IN, IN, IN)
# Not opened by who one is, but by a signature in the address.
SIGNED = Access(403, 403, 403, 403, 403, 403)
# Not opened by who one is, but by the key of one action.
ACTION_KEY = Access(401, 401, 401, 401, 401, 401)
# A stand-in's own records: no account has them.
NO_SUCH_RECORD = Access(404, 404, 404, 404, 404, 404)

TABLE: dict[str, dict[str, Access]] = {
    "/": {"GET": OPEN},
    # --- Signing in
    "/app/login/": {"GET": OPEN, "POST": OPEN},
    "/app/logout/": {"GET": OPEN, "POST": OPEN},
    # --- The shell
    "/app/": {"GET": OPEN},
    "/app/theme/": {"POST": SEE},
    "/app/parts/": {"GET": SEE},
    # --- The account
    "/app/account/": {"GET": SEE, "POST": OWN},
    # --- API keys
    "/app/api-keys/": {"GET": SEE},
    "/app/api-keys/new/": {"GET": CHANGE, "POST": CHANGE},
    "/app/api-keys/{key_id}/revoke/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- Destinations and the wizard
    "/app/destinations/": {"GET": SEE},
    "/app/destinations/new/": {"GET": SEE, "POST": CHANGE},
    "/app/destinations/new/{key}/": {"GET": SEE},
    "/app/destinations/{instance_id}/": {"GET": SEE_IT},
    "/app/destinations/{instance_id}/setup/auth/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/setup/configure/": {"GET": SEE_IT, "POST": CHANGE_IT},
    # The webhook has no choices that its receiver knows.
    "/app/destinations/{instance_id}/setup/choices/{field}/": {"GET": NOT_THERE},
    "/app/destinations/{instance_id}/setup/map/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/setup/test/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/setup/answers/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/apply/": {"POST": CHANGE_IT},
    "/app/destinations/{instance_id}/apply/untested/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/changes/": {"GET": SEE_IT},
    "/app/destinations/{instance_id}/versions/": {"GET": SEE_IT},
    "/app/destinations/{instance_id}/versions/{number}/": {"GET": SEE_IT},
    "/app/destinations/{instance_id}/versions/{number}/restore/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/discard/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/rename/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/pause/": {"POST": CHANGE_IT},
    "/app/destinations/{instance_id}/resume/": {"POST": CHANGE_IT},
    "/app/destinations/{instance_id}/delete/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/actions/{action}/key/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/destinations/{instance_id}/attach/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- Connections
    "/app/connections/": {"GET": SEE},
    "/app/connections/callback/": {"GET": CHANGE},
    "/app/connections/{connection_id}/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/connections/{connection_id}/consent/": {"POST": CHANGE_IT},
    "/app/connections/{connection_id}/verify/": {"POST": CHANGE_IT},
    "/app/connections/{connection_id}/rename/": {"POST": CHANGE_IT},
    "/app/connections/{connection_id}/disconnect/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- Flows
    "/app/flows/": {"GET": SEE},
    "/app/flows/new/": {"GET": CHANGE, "POST": CHANGE},
    "/app/flows/{pk}/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/deploy/": {"POST": CHANGE_IT},
    "/app/flows/{pk}/delete/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/fields/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/sources/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/sources/{entity_id}/": {"GET": SEE_IT},
    "/app/flows/{pk}/sources/{entity_id}/settings/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/criteria/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/destinations/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/actions/{action_id}/condition/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/steps/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/steps/new/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/steps/new/recipient/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/steps/{step_id}/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/test/": {"GET": SEE_IT, "POST": CHANGE_IT},
    "/app/flows/{pk}/history/": {"GET": SEE_IT},
    "/app/flows/{pk}/history/{number}/": {"GET": SEE_IT},
    "/app/flows/{pk}/history/{number}/restore/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- Fields
    "/app/fields/": {"GET": SEE},
    "/app/fields/new/": {"GET": CHANGE, "POST": CHANGE},
    "/app/fields/{pk}/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    "/app/fields/{pk}/delete/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- Leads and deliveries
    "/app/leads/": {"GET": SEE},
    "/app/leads/release/": {"GET": CHANGE, "POST": CHANGE},
    "/app/leads/{pk}/": {"GET": SEE_IT},
    "/app/deliveries/": {"GET": SEE},
    "/app/deliveries/{pk}/": {"GET": SEE_IT},
    "/app/deliveries/{pk}/tries/": {"POST": CHANGE_IT},
    "/app/deliveries/{pk}/arrivals/": {"POST": CHANGE_IT},
    "/app/deliveries/{pk}/replays/": {"GET": CHANGE_IT, "POST": CHANGE_IT},
    # --- REST API
    "/destinations": {"GET": CALL},
    "/destinations/{instance_id}": {"GET": CALL_IT},
    "/flows": {"GET": CALL, "POST": CALL},
    "/flows/{id}": {"GET": CALL_IT, "PUT": CALL_IT, "DELETE": CALL_IT},
    "/flows/{id}/deploy": {"POST": CALL_IT},
    "/flows/{id}/changelogs": {"GET": CALL_IT},
    "/flows/{id}/fields": {"GET": CALL_IT},
    "/flows/{id}/fields/usage": {"GET": CALL_IT},
    "/entities": {"GET": CALL, "POST": CALL},
    "/entities/{id}": {"GET": CALL_IT, "PUT": CALL_IT, "DELETE": CALL_IT},
    "/fields": {"GET": CALL, "POST": CALL},
    "/fields/{id}": {"GET": CALL_IT, "PUT": CALL_IT, "DELETE": CALL_IT},
    "/types": {"GET": CALL},
    "/events": {"GET": CALL, "POST": CALL},
    "/events/{id}": {"GET": CALL_IT},
    "/deliveries": {"GET": CALL},
    "/deliveries/{id}": {"GET": CALL_IT},
    "/deliveries/{id}/tries": {"POST": CALL_IT},
    "/deliveries/{id}/arrivals": {"POST": CALL_IT},
    "/status": {"GET": CALL},
    "/docs/": {"GET": OPEN},
    "/docs/openapi.json": {"GET": OPEN},
    # --- Where leads come in
    "/flows/{flow_id}/sources/{source_id}/submit": {"GET": OPEN, "POST": OPEN},
    "/hooks/{action}": {"POST": ACTION_KEY},
    # --- The rest
    "/icons/{account_id}/{platform}/{integration}.svg": {"GET": SIGNED},
    "/healthz": {"GET": OPEN},
    "/readyz": {"GET": OPEN},
    # Stand-ins answer as the systems do: for a token of theirs. Production has none.
    "/sandbox/": {"GET": OPEN},
    "/sandbox/{key}/": {"GET": OPEN, "POST": OPEN},
    "/sandbox/{key}/records/{kind}/{record_id}/": {"GET": NO_SUCH_RECORD},
    "/sandbox/{key}/{rest}": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), ACTION_KEY),
    # The inspector keeps whatever is sent to it. Production has none.
    "/sandbox/inspector/": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), OPEN),
    "/sandbox/inspector/{rest}": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), OPEN),
}

# Django's admin, all of it: nobody of a customer comes in.
STAFF_ONLY = "/admin/"
