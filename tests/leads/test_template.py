import pytest

from leadconduit.leads.template import MAX_LENGTH, MAX_VARIABLES, TemplateError, compile_template

VARIABLES = {"lead": {"first_name": "Ada", "age": 36, "tags": ["a", "b"], "company": {"name": "Acme"}}}


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
    ],
)
def test_variables_are_put_into_the_text(text: str, rendered: str) -> None:
    assert compile_template(text).render(VARIABLES) == rendered


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{lead.age}}", 36),
        ("{{lead.tags}}", ["a", "b"]),
        ("{{lead.nothing}}", None),
        (" {{lead.age}}", " 36"),
    ],
)
def test_a_single_variable_keeps_its_type(text: str, value: object) -> None:
    assert compile_template(text).render(VARIABLES) == value


def test_its_paths_are_listed_once_each() -> None:
    assert compile_template("{{lead.b}}{{lead.a}}-{{lead.b}}").paths == ("lead.b", "lead.a")


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("Hi {{lead.email", 4, "never closed"),
        ("{{}}", 1, "no variable"),
        ("ab {{ lowercase lead.email }}", 4, "`lowercase`"),
        ("{{#if lead.email}}x{{/if}}", 1, "`#if`"),
        ("{{{lead.email}}}", 1, "Three braces"),
        ("{{ lead.a {{lead.b}}", 1, "opened again"),
        ("{{lead..a}}", 1, "not a variable"),
        ("{{lead.é!}}", 1, "not a variable"),
    ],
)
def test_what_it_cannot_run_is_refused_where_it_stands(text: str, column: int, says: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template(text)

    assert refused.value.column == column
    assert says in refused.value.sentence


def test_length_is_bounded() -> None:
    compile_template("x" * MAX_LENGTH)
    with pytest.raises(TemplateError):
        compile_template("x" * (MAX_LENGTH + 1))


def test_the_number_of_variables_is_bounded() -> None:
    compile_template("{{lead.a}}" * MAX_VARIABLES)
    with pytest.raises(TemplateError):
        compile_template("{{lead.a}}" * (MAX_VARIABLES + 1))
