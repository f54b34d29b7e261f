"""Pages for what goes wrong outside a view's own words."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from flows.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_page(as_user: Any, olive: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The list of leads, whose query fails with the given error."""

    def get(error: Exception) -> Any:
        def fail(*_: Any) -> None:
            raise error

        monkeypatch.setattr(Lead.objects, "for_account", fail)
        page: Client = as_user(olive)
        page.raise_request_exception = False
        return page.get("/app/leads/?q=ada")

    return get


def test_a_database_that_is_away_is_busy_for_a_moment_and_the_page_can_be_tried_again(
    broken_page: Any,
) -> None:
    answer = broken_page(OperationalError("the server closed the connection"))

    assert answer.status_code == 503
    assert "Its database does not answer" in answer.content.decode()
    assert 'href="/app/leads/?q=ada"' in answer.content.decode()
    assert "closed the connection" not in answer.content.decode()


def test_a_fault_of_ours_is_one_and_can_be_found_by_its_trace(broken_page: Any) -> None:
    answer = broken_page(RuntimeError("a bug"))

    assert answer.status_code == 500
    assert answer.headers["X-Trace-Id"] in answer.content.decode()
    assert "a bug" not in answer.content.decode()
