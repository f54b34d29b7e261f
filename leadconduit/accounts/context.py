"""What every page knows of the person in front of it."""

from typing import Any

from django.http import HttpRequest

from leadconduit.accounts.access import membership_of
from leadconduit.accounts.models import Theme


def account(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"account": None, "role": None, "can_change": False, "theme": Theme.SYSTEM}
    membership = membership_of(request)
    return {
        "account": membership.account if membership else None,
        "role": membership.role if membership else None,
        "can_change": bool(membership and membership.can_change),
        "theme": user.theme,
    }
