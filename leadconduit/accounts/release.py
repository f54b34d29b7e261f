"""Whether an account's admins may release leads that a flow withheld: off, until an owner turns it on."""

from django.db import transaction

from leadconduit.accounts.models import Account, AuditEvent, Membership, Role, User


@transaction.atomic
def allow(account: Account, allowed: bool, *, by: User) -> bool:
    """Turn releasing on or off; whether that changed anything. `account` is brought up to date."""
    changed = Account.objects.filter(pk=account.pk, release_allowed=not allowed).update(
        release_allowed=allowed
    )
    if changed:
        action = "account.release_allowed" if allowed else "account.release_forbidden"
        AuditEvent.record(account=account, by=by, action=action, on=account)
    account.release_allowed = allowed
    return bool(changed)


def owners(account: Account) -> list[User]:
    """Those who decide, by name."""
    members = Membership.objects.filter(account=account, role=Role.OWNER).select_related("user")
    return sorted((member.user for member in members), key=str)


def refusal(account: Account) -> str:
    """Why nothing is released while it is off, and who can change that."""
    names = " or ".join(map(str, owners(account))) or "The account's owner"
    return f"Releasing leads is off for this account. {names} can turn it on, on the page of the account."
