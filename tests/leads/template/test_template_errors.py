"""A template that cannot be read is refused with a sentence and the column of the mistake."""

import pytest

from leadconduit.leads.template import TemplateError, compile_template

REFUSED = [
    # Braces
    ("Hi {{lead.email", 4, "never closed"),
    ("Hi {{lead.email}", 4, "never closed"),
    ('{{md5 "}}"', 1, "never closed"),
    ("{{ lead.a {{lead.b}}", 1, "opened again"),
    ("{{}}", 1, "no variable"),
    ("a {{   }}", 3, "no variable"),
    ("{{{lead.email}}}", 1, "so write two, as in `{{lead.email}}`"),
    # Variables
    ("{{lead..a}}", 3, "`lead..a` is not a variable"),
    ("{{lead.é!}}", 3, "not a variable"),
    ("{{ ../lead }}", 4, "not a variable"),
    ("{{@root.lead}}", 3, "not a variable"),
    ("{{lead.tags.[0]}}", 3, "as in `lead.tags.0`"),
    ("{{lead.zip code}}", 3, "A variable's name has no blanks"),
    ("{{lead.email | bad}}", 14, "`|` has no meaning"),
    ("{{lead.a = 3}}", 10, "`=` stands between"),
    ("{{lead.a)}}", 9, "closes nothing"),
    ('{{"text"}}', 3, "outside of the braces"),
    ("{{12}}", 3, "outside of the braces"),
    ("{{true}}", 3, "outside of the braces"),
    ("{{1234567890123456}}", 3, "at most 15 digits"),
    # What Handlebars has, and templates here have not
    ("{{#if lead.email}}x{{/if}}", 1, "`#if` are not run: put a condition"),
    ("x{{#each lead.tags}}x{{/each}}", 2, "name one item"),
    ("{{/if}}", 1, "`/if`"),
    ("{{else}}", 1, "`else`"),
    ("{{else if lead.a}}", 1, "`else`"),
    ("{{^}}", 1, "`^`"),
    ("{{> footer}}", 1, "write their text here"),
    ("{{! remark }}", 1, "remove it"),
    ("{{!-- remark --}}", 1, "remove it"),
    ("{{& lead.a}}", 1, "leave it out"),
    ("{{* lead}}", 1, "Decorators"),
    ("{{~lead.a~}}", 1, "does not trim"),
    # Functions
    ("ab {{ lowercas lead.email }}", 7, "did you mean `lowercase`?"),
    ("{{titlecase lead.email}}", 3, "did you mean"),
    ("{{first name}}", 3, "There is no function `first`"),
    ("{{lowercase}}", 3, "as in `{{lowercase lead.email}}`"),
    ("{{md5 lowercase lead.email}}", 7, "`lowercase` is a function"),
    ("{{lowercase lead.a lead.b}}", 20, "takes one value"),
    ("{{lowercase lead.a locale=1}}", 20, "`lowercase` has no option `locale`"),
    ("{{md5 lead.a start=1}}", 14, "it has `salt`, `encoding`"),
    ("{{md5 lead.a salt=1 salt=2}}", 21, "given twice"),
    ("{{md5 lead.a salt=}}", 14, "`salt` has no value"),
    ("{{md5 salt=1 lead.a}}", 14, "Values stand before options"),
    ('{{"a" lead.b}}', 3, "is no function"),
    ("{{substring lead.a}}", 3, "needs the option `start`"),
    ("{{substring lead.a start=0}}", 26, "count from 1"),
    ('{{substring lead.a start=1 end="x"}}', 32, "count from 1"),
    ('{{replace lead.a pattern="x"}}', 3, "needs the option `replace`"),
    ('{{replace lead.a pattern="" replace="x"}}', 26, "empty"),
    ("{{replace lead.a pattern=lead.b replace='x'}}", 26, "written out"),
    ("{{extract lead.a}}", 3, "needs the option `pattern`"),
    ("{{extract lead.a pattern=1}}", 26, "written out"),
    ('{{md5 lead.a encoding="binary"}}', 23, "`hex`, `base64`, `latin1`"),
    ("{{format lead.a}}", 10, "needs a format"),
    ('{{format lead.a format="YYYY" locale="xx"}}', 38, "`xx` is not a locale"),
    ('{{format lead.a format="YYYY" timezone="Mars"}}', 40, "`Mars` is not a time zone"),
    ('{{format lead.a format="0.0" timezone="UTC"}}', 39, "no time zone"),
    ('{{format lead.a dataType="Boolean"}}', 26, "`dataType`"),
    ('{{format lead.a locale="fr"}}', 24, "goes with the option `format`"),
    ("{{math lead.a}}", 8, "written out"),
    ('{{math "1 + "}}', 12, "ends"),
    # Nesting
    ("{{md5 (lead.a)}}", 7, "Between parentheses stands a function"),
    ("{{md5 ()}}", 7, "Between parentheses stands a function"),
    ("{{md5 (lowercase lead.a}}", 7, "This `(` is never closed"),
    # Inside texts, where a backslash before a backslash or a quote takes two columns
    ('{{md5 "abc}}', 7, "never closed"),
    ('{{extract lead.a pattern="a**"}}', 29, "nothing before `*`"),
    (r'{{extract lead.a pattern="\\d\\d["}}', 33, "This `[` is never closed"),
    (r'{{extract lead.a pattern="\d\d["}}', 31, "This `[` is never closed"),
    ('{{replace lead.a pattern="regexp(a**)" replace=""}}', 36, "nothing before `*`"),
]


@pytest.mark.parametrize(("text", "column", "says"), REFUSED)
def test_what_cannot_be_run_is_refused_where_it_stands(text: str, column: int, says: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compile_template(text)

    assert says in refused.value.sentence
    assert refused.value.column == column
