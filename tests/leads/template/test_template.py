import pytest

from leadconduit.leads.template import (
    MAX_BACKTRACKING,
    MAX_DEPTH,
    MAX_FUNCTIONS,
    MAX_LENGTH,
    MAX_RESULT,
    MAX_VARIABLES,
    TemplateError,
    TooLong,
    compile_template,
)
from leadconduit.leads.values import Form

PHONE = {"normal": "5125551234", "raw": "(512) 555-1234", "valid": True, "area": "512"}
NO_PHONE = {"normal": "call me", "raw": "call me!", "valid": False}
VARIABLES = {
    "lead": {
        "first_name": "Ada",
        "age": 36,
        "tags": ["a", "b"],
        "company": {"name": "Acme"},
        "phone_1": PHONE,
        "phone_2": NO_PHONE,
        "phones": [PHONE, NO_PHONE],
    }
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("", ""),
        ("plain", "plain"),
        ("Dear {{lead.first_name}},", "Dear Ada,"),
        ("{{ lead.first_name }}/{{lead.company.name}}", "Ada/Acme"),
        ("{{lead.age}} years", "36 years"),
        ("{{lead.tags.1}}!", "b!"),
        ("<{{lead.nothing}}>", "<>"),
        ('{"name":"{{lead.first_name}}"}', '{"name":"Ada"}'),
        ("a } b }} c {", "a } b }} c {"),
        ("{{lead.phone_1}} ({{lead.phone_1.area}})", "5125551234 (512)"),
        ("{{lead.phones}}.", "5125551234,call me!."),
        ("Hi {{uppercase lead.first_name}}, {{lead.age}}", "Hi ADA, 36"),
        (r"\{{lead.age}} is {{lead.age}}", "{{lead.age}} is 36"),
        (r"\\{{lead.age}}", r"\36"),
    ],
)
def test_variables_are_put_into_the_text(text: str, rendered: str) -> None:
    assert compile_template(text).render(VARIABLES) == rendered


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{lead.age}}", 36),
        ("{{lead.tags}}", ["a", "b"]),
        ("{{lead.company}}", {"name": "Acme"}),
        ("{{lead.nothing}}", None),
        (" {{lead.age}}", " 36"),
        ('{{math "lead.age / 2"}}', 18),
        ('{{math "lead.age > 2"}}', True),
        ("{{(uppercase lead.first_name)}}", "ADA"),
    ],
)
def test_what_stands_alone_keeps_its_type(text: str, value: object) -> None:
    rendered = compile_template(text).render(VARIABLES)

    assert rendered == value
    assert type(rendered) is type(value)


@pytest.mark.parametrize(
    ("form", "valid", "invalid"),
    [
        ("normal", "5125551234", "call me!"),
        ("raw", "(512) 555-1234", "call me!"),
        ("valid", "5125551234", None),
    ],
)
def test_a_typed_value_stands_for_the_form_that_is_wanted(form: Form, valid: object, invalid: object) -> None:
    assert compile_template("{{lead.phone_1}}").render(VARIABLES, form=form) == valid
    assert compile_template("{{lead.phone_2}}").render(VARIABLES, form=form) == invalid
    assert compile_template("{{lead.phones}}").render(VARIABLES, form=form) == [valid, invalid]


def test_its_paths_are_listed_once_each() -> None:
    template = compile_template('{{lead.b}}{{md5 lead.a salt=lead.c}}{{math "lead.d + lead.a"}}-{{lead.b}}')

    assert template.paths == ("lead.b", "lead.a", "lead.c", "lead.d")


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ("x" * MAX_LENGTH, "x" * (MAX_LENGTH + 1)),
        ("{{lead.a}}" * MAX_VARIABLES, "{{lead.a}}" * (MAX_VARIABLES + 1)),
        ('{{math "1"}}' * MAX_FUNCTIONS, '{{math "1"}}' * (MAX_FUNCTIONS + 1)),
        ('{{math "a+b"}}' * (MAX_VARIABLES // 2), '{{math "a+b"}}' * (MAX_VARIABLES // 2 + 1)),
        (
            "{{md5 " + "(md5 " * MAX_DEPTH + "a" + ")" * MAX_DEPTH + "}}",
            "{{md5 " + "(md5 " * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1) + "}}",
        ),
        (
            '{{extract lead.a pattern="(?=a)"}}' * MAX_BACKTRACKING,
            '{{extract lead.a pattern="(?=a)"}}' * (MAX_BACKTRACKING + 1),
        ),
    ],
)
def test_length_and_depth_and_the_number_of_each_kind_are_bounded(within: str, beyond: str) -> None:
    compile_template(within)
    with pytest.raises(TemplateError):
        compile_template(beyond)


def test_a_value_alone_may_be_of_any_length() -> None:
    long = "x" * (MAX_RESULT + 1)

    assert compile_template("{{lead.a}}").render({"lead": {"a": long}}) == long
    assert compile_template("{{uppercase lead.a}}").render({"lead": {"a": long}}) == long.upper()


@pytest.mark.parametrize(
    "text",
    [
        "{{lead.a}}{{lead.a}}",
        "{{lead.a}}" * MAX_VARIABLES,
        '{{replace lead.a pattern="x" replace="xy"}}',
        '{{replace lead.a pattern="regexp(^x+)" replace="$&$&"}}',
        '{{replace lead.a pattern="regexp(x$)" replace=lead.b}}',
        "{{uppercase lead.b}}",
    ],
)
def test_a_text_that_would_become_too_long_is_never_cut(text: str) -> None:
    variables = {"lead": {"a": "x" * (MAX_RESULT - 1), "b": "ß" * (MAX_RESULT - 1)}}

    with pytest.raises(TooLong) as refused:
        compile_template(text).render(variables)

    assert "1,000,000 characters" in refused.value.sentence
