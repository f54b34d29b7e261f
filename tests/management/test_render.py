import io
import json

import pytest
from django.core.management import CommandError, call_command

LEAD = {"lead": {"first_name": "Zoë", "state": "texas", "phone_1": "(512) 555-1234", "note": "x" * 600_000}}


def render(template: str, variables: object = LEAD, *, monkeypatch: pytest.MonkeyPatch) -> object:
    text = variables if isinstance(variables, str) else json.dumps(variables)
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    printed = io.StringIO()
    call_command("render", template, stdout=printed)
    return json.loads(printed.getvalue())


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("Dear {{lead.first_name}},", "Dear Zoë,"),
        ("{{lead.phone_1.area}}", "512"),
        ("{{lead.nothing}}", None),
        ('{{math "1 + 1"}}', 2),
    ],
)
def test_a_template_is_rendered_for_the_variables_on_standard_input(
    template: str, result: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert render(template, monkeypatch=monkeypatch) == result


@pytest.mark.parametrize(
    ("template", "variables", "says"),
    [
        ("Hi {{lead.email", LEAD, "never closed by `}}`. (column 4)"),
        ("{{lead.note}}{{lead.note}}", LEAD, "1,000,000 characters"),
        ("{{lead.a}}", "{", "is not JSON"),
        ("{{lead.a}}", "[]", "one JSON object"),
    ],
)
def test_what_cannot_be_rendered_is_said_in_a_sentence(
    template: str, variables: object, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError) as refused:
        render(template, variables, monkeypatch=monkeypatch)

    assert says in str(refused.value)


def test_what_somebody_trying_it_out_should_know_goes_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render('{{format lead.state format="0.0"}}', monkeypatch=monkeypatch) is not None
    assert "is no number" in capsys.readouterr().err
