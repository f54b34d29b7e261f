"""Where an integration's icon is to be seen: a pre-signed path, which needs no session and opens nothing else."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from leadconduit.lib import presigned


def icon_path(account_id: str, platform: str, integration: str) -> str:
    """The path before it is signed. What a marketplace offers may differ by account, so the account is part of it."""
    return reverse("icon", args=[account_id, platform, integration])


def icon_url(account_id: str, platform: str, integration: str, *, now: datetime) -> str:
    """An absolute URL, the same within one period of ICON_URL_SECONDS."""
    path = icon_path(account_id, platform, integration)
    return settings.BASE_URL + presigned.sign(path, now=now, period_seconds=settings.ICON_URL_SECONDS)
