"""What holds for whatever a recipient answers, and whatever is written into a mapping."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from flows.recipients.bodies import form_body, json_body
from flows.recipients.documents import read_document, read_html
from flows.recipients.locations import LocationError, compile_css, compile_xpath
from flows.recipients.modules import MODULES
from flows.recipients.properties import name_problem, value_problem
from flows.recipients.response import read_answer
from leadconduit.lib.outbound import Response

MARKUP = st.text(alphabet="<>/!?-=\"' abp&;#x[]:", max_size=200)
PATHS = st.text(alphabet="/*@[]()'=.>#: abn1", max_size=60)
TYPES = st.sampled_from(
    ["application/json", "text/xml", "text/html", "application/x-www-form-urlencoded", "text/plain", "x", ""]
)


@given(TYPES, st.binary(max_size=300) | MARKUP.map(str.encode), PATHS, PATHS)
def test_every_answer_is_read(content_type: str, body: bytes, path: str, term: str) -> None:
    response = Response(200, "OK", (("Content-Type", content_type), ("Set-Cookie", "a=1")), body)
    values = {
        "outcome_search_term": term,
        "outcome_search_path": path,
        "reason_path": path,
        "price_path": path,
    }

    result = read_answer(values | {"capture.c": term}, response, secrets=(), transactions=())

    assert result.outcome in ("success", "failure", "error")
    assert b"\\u0000" not in orjson.dumps(result.appended)


@given(MARKUP)
def test_the_text_of_a_page_is_kept_in_its_order(page: str) -> None:
    tree = read_html(page)

    assert len(tree.text) <= len(page)


@given(PATHS)
def test_a_path_is_compiled_or_refused_and_finds_texts(path: str) -> None:
    tree = read_document("text/xml", b"<a b='1'><n>x</n><n>y</n></a>").tree
    assert tree
    for compiled in (compile_xpath, compile_css):
        try:
            location = compiled(path)
        except LocationError:
            continue
        assert all(isinstance(text, str) for text in location.find(tree))


@given(
    st.lists(st.tuples(st.text(alphabet="ab.01", min_size=1, max_size=12), st.text(max_size=5)), max_size=8)
)
def test_whatever_names_there_are_json_and_forms_can_be_written(values: list[tuple[str, str]]) -> None:
    orjson.loads(json_body(values))
    assert form_body(values).isascii()


@given(
    st.sampled_from([known.name for module in MODULES.values() for known in module.properties]),
    st.text(max_size=20),
    st.sampled_from(sorted(MODULES)),
)
def test_every_value_of_a_property_is_taken_or_refused_in_words(
    name: str, value: str, module_id: str
) -> None:
    module = MODULES[module_id]
    name = name.replace("*", "a")
    if not name_problem(module, name):
        assert isinstance(value_problem(module, name, value), str)
