"""What an account can choose from, over all platforms, and what of it is in use already."""

from dataclasses import dataclass

from django.db.models import Count

from destinations.models import Destination
from destinations.platforms.port import Integration, UnknownIntegration
from destinations.platforms.registry import PLATFORMS
from leadconduit.accounts.models import Account

BUILTIN = "builtin"


@dataclass(frozen=True, slots=True)
class Entry:
    """An integration of a platform. `in_use` counts the account's active destinations of it."""

    platform: str
    integration: Integration
    in_use: int

    @property
    def key(self) -> str:
        """Unique over all platforms: ours go without the platform's name."""
        return self.integration.key if self.platform == BUILTIN else f"{self.platform}:{self.integration.key}"


def entries(account: Account, search: str = "") -> list[Entry]:
    """By name; with `search`, only those in which it occurs."""
    in_use = _in_use(account)
    found = [
        Entry(key, integration, in_use.get((key, integration.key), 0))
        for key, platform in PLATFORMS.items()
        for integration in platform.marketplace.list(account.pk, search)
    ]
    return sorted(found, key=lambda entry: entry.integration.name.casefold())


def entry(account: Account, key: str) -> Entry:
    """Raises UnknownIntegration."""
    platform, integration = parted(key)
    if platform not in PLATFORMS:
        raise UnknownIntegration
    offered = PLATFORMS[platform].marketplace.get(account.pk, integration)
    return Entry(platform, offered, _in_use(account).get((platform, integration), 0))


def parted(key: str) -> tuple[str, str]:
    """The platform's key and the integration's."""
    platform, _, integration = key.rpartition(":")
    return platform or BUILTIN, integration


def _in_use(account: Account) -> dict[tuple[str, str], int]:
    active = Destination.objects.for_account(account).activated()
    counted = active.values_list("platform", "integration").annotate(count=Count("pk")).order_by()
    return {(platform, integration): count for platform, integration, count in counted}
