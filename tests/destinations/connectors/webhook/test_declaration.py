from typing import Any

import pytest

from destinations.connectors.webhook.declaration import ANSWER, API_KEY, BASIC, HEADERS, REQUEST, SEND
from destinations.fields import problems


def test_a_url_is_enough() -> None:
    assert REQUEST.problems({"url": "https://example.com/leads"}) == {}
    assert ANSWER.problems({}) == {}


@pytest.mark.parametrize(
    ("group", "values", "field"),
    [
        (REQUEST, {"url": ""}, "url"),
        (REQUEST, {"url": "http://169.254.169.254/latest"}, "url"),
        (REQUEST, {"url": "http://10.0.0.5/"}, "url"),
        (REQUEST, {"url": "https://example.com/{{lead.id}}"}, "url"),
        (REQUEST, {"url": "https://example.com", "headers": [["X-Id", "{{ lead.id }}"]]}, "headers"),
        (REQUEST, {"url": "https://example.com", "method": "GET"}, "format"),
        (REQUEST, {"url": "https://example.com", "timeout": 61}, "timeout"),
        (REQUEST, {"url": "https://example.com", "headers": [["Host", "x"]]}, "headers"),
        (ANSWER, {"success_status": "fine"}, "success_status"),
        (ANSWER, {"search_path": "result.status"}, "search_term"),
        (API_KEY, {"placement": "header", "name": "Content-Length", "key": "k"}, "name"),
        (API_KEY, {"placement": "cookie", "name": "k", "key": "k"}, "placement"),
        (API_KEY, {"placement": "header", "name": "X-Key"}, "key"),
        (BASIC, {"username": "a:b"}, "username"),
        (HEADERS, {"headers": [["Webhook-Id", "x"]]}, "headers"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(group: Any, values: dict[str, Any], field: str) -> None:
    assert set(group.problems(values)) == {field}


def test_a_template_in_an_actions_path_is_refused() -> None:
    assert "Templates are not filled in here" in problems(SEND.fields, {"path": "/{{lead.state}}"})["path"]
    assert problems(SEND.fields, {"path": "/{id}"}) == {}


def test_the_name_of_a_query_parameter_is_free() -> None:
    assert API_KEY.problems({"placement": "query", "name": "api key", "key": "k"}) == {}


def test_an_empty_password_is_a_password() -> None:
    assert BASIC.problems({"username": "a-token-as-user-name"}) == {}
