from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from leadconduit.lib.presigned import sign, verify

DAY = 24 * 60 * 60
MORNING = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ICON = "/icons/salesforce.svg"


def opens(signed: str, now: datetime, *, path: str = "") -> bool:
    parts = urlsplit(signed)
    query = parse_qs(parts.query)
    return verify(path or parts.path, query["expires"][0], query["signature"][0], now)


def test_a_signed_path_opens() -> None:
    assert opens(sign(ICON, now=MORNING, period_seconds=DAY), MORNING)


def test_a_path_stays_the_same_within_one_period() -> None:
    evening = MORNING + timedelta(hours=17)

    assert sign(ICON, now=MORNING, period_seconds=DAY) == sign(ICON, now=evening, period_seconds=DAY)


def test_a_path_changes_with_the_period() -> None:
    next_day = MORNING + timedelta(days=1)

    assert sign(ICON, now=MORNING, period_seconds=DAY) != sign(ICON, now=next_day, period_seconds=DAY)


def test_a_path_signed_late_in_a_period_is_good_for_a_whole_one() -> None:
    late = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)

    assert opens(sign(ICON, now=late, period_seconds=DAY), late + timedelta(days=1))


def test_a_path_expires() -> None:
    signed = sign(ICON, now=MORNING, period_seconds=DAY)

    assert opens(signed, datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    assert not opens(signed, datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(
    "path", ["/icons/hubspot.svg", "/icons/salesforce.svg/", "/icons/../icons/salesforce.svg"]
)
def test_a_signature_opens_no_other_path(path: str) -> None:
    assert not opens(sign(ICON, now=MORNING, period_seconds=DAY), MORNING, path=path)


def test_the_expiry_cannot_be_put_off() -> None:
    signed = sign(ICON, now=MORNING, period_seconds=DAY)
    query = parse_qs(urlsplit(signed).query)

    assert not verify(ICON, str(int(query["expires"][0]) + DAY), query["signature"][0], MORNING)


@pytest.mark.parametrize("expires", ["", "soon", "-1", "1e99", " 9999999999", "٩٩٩٩٩٩٩٩٩٩"])
@pytest.mark.parametrize("signature", ["", "0" * 64, "é\0"])
def test_nonsense_opens_nothing(expires: str, signature: str) -> None:
    assert not verify(ICON, expires, signature, MORNING)


def test_a_path_with_a_query_keeps_it() -> None:
    signed = sign("/icons?name=a%26b", now=MORNING, period_seconds=DAY)

    assert signed.startswith("/icons?name=a%26b&expires=")
    assert opens(signed, MORNING, path="/icons?name=a%26b")


def test_a_path_signed_before_the_key_was_changed_still_opens(settings: Settings) -> None:
    signed = sign(ICON, now=MORNING, period_seconds=DAY)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert opens(signed, MORNING)


def test_a_path_signed_with_a_dropped_key_does_not_open(settings: Settings) -> None:
    signed = sign(ICON, now=MORNING, period_seconds=DAY)

    settings.SECRET_KEY = "another"

    assert not opens(signed, MORNING)
