"""XPath, CSS selectors and dotted paths."""

from typing import Any

import pytest

from flows.recipients.documents import read_html, read_xml
from flows.recipients.locations import LocationError, compile_css, compile_xpath, find_in_json

ANSWER = read_xml(
    b'<r a="q"><ok>true</ok><e>one</e><e c="2">two</e><n><m k="v">t</m></n><s:b xmlns:s="u">1</s:b></r>'
)
PAGE = read_html(
    '<!doctype html><div class="content wide"><h1 id=top>Good &amp; new</h1>'
    '<h2 class=error reason="because">Bad <b>thing</b></h2><ul><li>1<li>2</ul></div>'
    "<script>if (a<b) '</div>'</script><p>Last"
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/r/ok/text()", ["true"]),
        ("/r/ok", ["true"]),
        ("r/ok", ["true"]),
        ("/r/@a", ["q"]),
        ("//m/@k", ["v"]),
        ("//@k", ["v"]),
        ("/r/e", ["one", "two"]),
        ("/r/e[2]", ["two"]),
        ("//e[last()]/text()", ["two"]),
        ("//e[@c]", ["two"]),
        ("//e[@c='2']", ["two"]),
        ("//e[.='one']", ["one"]),
        ("/r[ok='true']//m", ["t"]),
        ("/r[n]/*[1]", ["true"]),
        ("//*[local-name()='b']/text()", ["1"]),
        ("//s:b", ["1"]),
        ("string(/r/ok)", ["true"]),
        ("//no", []),
        ("ok", []),
        ("//*//*//*//m", []),
        ("//*//m", ["t"]),
    ],
)
def test_xpath(path: str, found: list[str]) -> None:
    assert compile_xpath(path).find(ANSWER) == found


@pytest.mark.parametrize(
    "path", ["", "/r[[", "/r/ok or /r", "count(//e)", "/r/@a/b", "//e[position()<2]", "/r" * 51]
)
def test_xpath_that_is_not_read(path: str) -> None:
    with pytest.raises(LocationError):
        compile_xpath(path)


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("h1", ["Good & new"]),
        ("div.content h1", ["Good & new"]),
        (".content.wide > h2.error b", ["thing"]),
        ("#top", ["Good & new"]),
        ("h2[reason=because]", ["Bad thing"]),
        ("h2[reason='because'] @reason", ["because"]),
        ("[reason]", ["Bad thing"]),
        ("li", ["1", "2"]),
        ("div > b", []),
        ("P", ["Last"]),
    ],
)
def test_css(selector: str, found: list[str]) -> None:
    assert compile_css(selector).find(PAGE) == found


@pytest.mark.parametrize("selector", ["", "h1, h2", "h1:first-child", "bad <b>(.*)</b>", "@x"])
def test_css_that_is_not_read(selector: str) -> None:
    with pytest.raises(LocationError):
        compile_css(selector)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", ["1"]),
        ("l.1.c", ["x"]),
        ("l[1].c", ["x"]),
        ("l", ["5", '{"c":"x"}']),
        ("a.no", []),
        ("a.b.c", []),
        ("l.9", []),
        ("l.99999999999999999999", []),
        ("none", []),
        ("yes", ["true"]),
    ],
)
def test_dotted_paths(path: str, found: list[str]) -> None:
    answer = {"a": {"b": 1}, "l": [5, {"c": "x"}], "none": None, "yes": True}

    assert find_in_json(answer, path) == found


@pytest.mark.parametrize(
    ("compile_path", "path"), [(compile_xpath, "/r" + "[x='y']" * 500), (compile_css, "r" + ".a" * 500)]
)
def test_a_path_has_few_predicates(compile_path: Any, path: str) -> None:
    with pytest.raises(LocationError):
        compile_path(path)
