"""What JavaScript finds was observed in Node; the rows say what we find for the same pattern."""

import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadconduit.leads.bounds import MAX_RESULT, TooLong
from leadconduit.leads.patterns import (
    MAX_MATCHES,
    MAX_PATTERN,
    PatternError,
    PatternTooSlow,
    compile_pattern,
)

FOUND = [
    (r"\d+", "a1b22", ["1", "22"]),
    (r"(\d)b", "1b", ["1b"]),
    ("h.{3}", "Michael", ["hael"]),
    ("a|b", "cab", ["a", "b"]),
    ("a+?", "aa", ["a", "a"]),
    ("[a-c-]+", "xa-cx", ["a-c"]),
    (r"[\w-]+", "a-b c", ["a-b", "c"]),
    (r"[^\d\s]+", "a1 b", ["a", "b"]),
    ("[^]", "é\n", ["é", "\n"]),
    ("[[:alpha:]]", "l]", ["l]"]),
    ("a{,2}", "a{,2}", ["a{,2}"]),
    ("}]", "}]", ["}]"]),
    (".", "é\n\r\u2028", ["é"]),
    ("x*", "aéb", ["", "", "", ""]),
    ("^a", "aa\na", ["a"]),
    ("a$", "a\na", ["a"]),
    ("a$", "a\n", []),
    (r"\bé\b", "xéx", ["é"]),
    (r"\w+", "naïve", ["na", "ve"]),
    (r"\d", "٣", []),
    (r"\S+", "a\u00a0b\u3000c\vd", ["a", "b", "c", "d"]),
    (r"\S", "\u0085", ["\u0085"]),
    (r"\/\-\_\@\.", "/-_@.", ["/-_@."]),
    (r"\x41\u0042\u{43}\cI\t\0", "ABC\t\t\0", ["ABC\t\t\0"]),
    (r"\ud83d\ude00", "😀", ["😀"]),
    (r"[\b]", "a\b", ["\b"]),
    (r"\p{Lu}|\p{Script=Greek}", "aÉα", ["É", "α"]),
    (r"\P{L}", "a1", ["1"]),
    ("(?i)É", "é", ["é"]),
    ("a(?i:b)", "aB AB", ["aB"]),
    ("(?:ab)+", "ababa", ["abab"]),
    ("(?<year>[0-9]{4})", "in 2015", ["2015"]),
    # With backtracking
    (r"(?<=#)(\w+)(?=#)", "#John#Doe#Smith", ["John", "Doe"]),
    (r"(?<!a)b(?!c)", "ab b bc", ["b"]),
    (r"(.)\1", "aabcc", ["aa", "cc"]),
    (r"(?<x>.)\k<x>", "abb", ["bb"]),
    (r"(a)|b\1", "b", ["b"]),
    (r"\b(?=x)x", "éx", ["x"]),
    (r"a(?=\n)$|(?<=b)\n$", "a\nb\n", ["\n"]),
    (r"(?<=\S)\B", "aé", [""]),
    (r"\B", "aéa", []),
    (r"\B", "é", ["", ""]),
    ("(?<=^|,)[^,]*", "a,,b", ["a", "", "b"]),
]


@pytest.mark.parametrize(("pattern", "text", "found"), FOUND)
def test_patterns_find_what_they_find_in_javascript(pattern: str, text: str, found: list[str]) -> None:
    assert compile_pattern(pattern).findall(text) == found
    assert compile_pattern(pattern).search(text) == bool(found)


@pytest.mark.parametrize(
    ("pattern", "needs_backtracking"),
    [(r"(a+)+$", False), (r"\bword\b", False), ("(?=a)", True), ("(?<!a)", True), (r"(a)\1", True)],
)
def test_only_what_looks_around_or_refers_back_needs_backtracking(
    pattern: str, needs_backtracking: bool
) -> None:
    assert compile_pattern(pattern).needs_backtracking is needs_backtracking


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [("é", "É", True), ("straße", "STRAßE", True), ("(?=a)A", "a", True), ("(?=é).", "É", True)],
)
def test_case_can_be_ignored(pattern: str, text: str, found: bool) -> None:
    assert compile_pattern(pattern, ignore_case=True).search(text) is found
    assert not compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "result"),
    [
        ("-", "+", "a-b-c", "a+b+c"),
        ("é", "e", "été", "ete"),
        ("(-)", "[$1|$&|$$|$2|$01|$`|$'|$<n>]", "a-b", "a[-|-|$|$2|-|a|b|$<n>]b"),
        ("(?<n>-)", "[$<n>]$<x>.", "a-b", "a[-].b"),
        ("x", "$10", "x", "$10"),
        ("(x)", "$10", "x", "x0"),
        ("(x)|(y)", "[$1$2]", "xy", "[x][y]"),
        ("é", "[$`|$']", "aéü", "a[a|ü]ü"),
        ("x*", "-", "aéb", "-a-é-b-"),
        (r"(?<=(\d))a", "<$1>", "1a2", "1<1>2"),
        ("", "-", "ab", "-a-b-"),
    ],
)
def test_replacements_are_those_of_javascript(pattern: str, replacement: str, text: str, result: str) -> None:
    assert compile_pattern(pattern).sub(replacement, text) == result


def test_a_replacement_can_be_taken_as_it_is() -> None:
    assert compile_pattern("(x)").sub("$1$$", "x", verbatim=True) == "$1$$"


REFUSED = [
    ("[", 1, "never closed"),
    ("a[b", 2, "never closed"),
    ("(a", 1, "never closed"),
    ("a)", 2, "closes nothing"),
    ("a**", 3, "nothing before `*`"),
    ("a++", 3, "nothing before `+`"),
    ("*a", 1, "nothing before"),
    ("a|+", 3, "nothing before"),
    ("^{2}", 2, "nothing before `{2}`"),
    ("(?=a)*", 6, "nothing before"),
    ("a{3,1}", 2, "turn them round"),
    ("a{1001}", 2, "too often"),
    ("(a{100}){20}", 9, "too often"),
    ("[z-a]", 2, "runs backwards"),
    ("[]", 1, "is empty"),
    ("(?P<n>a)", 1, "`(?P`"),
    ("(?>a)", 1, "`(?>`"),
    ("(?m)a", 1, "`(?m`"),
    ("a(?i)", 2, "at the start"),
    ("(?<a>x)(?<a>y)", 8, "have the name `a`"),
    (r"\1", 1, "does not stand before it"),
    (r"a\k<b>", 2, "does not stand before it"),
    (r"\k", 1, "a group's name"),
    (r"a\A", 2, "`\\A` has no meaning"),
    (r"[\z]", 2, "`\\z` has no meaning"),
    ("a\\", 2, "single `\\`"),
    (r"\p", 1, "in braces"),
    (r"\p{Nothing}", 1, "no property"),
    (r"\ud83d", 1, "no character"),
    (r"\u{110000}", 1, "no character"),
    ("(" * 60, 51, "50 deep"),
    ("x" * (MAX_PATTERN + 1), MAX_PATTERN + 1, "at most 1,000 characters"),
    ("a\ud800", 2, "half of a character"),
]


@pytest.mark.parametrize(("pattern", "column", "says"), REFUSED)
def test_what_is_no_pattern_is_refused_where_it_stands(pattern: str, column: int, says: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(pattern)

    assert says in refused.value.sentence
    assert refused.value.column == column


def test_a_pattern_that_would_need_too_much_memory_is_refused() -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(r"(?:[\p{L}\p{N}]{1,30}\p{Lu}){30}" * 9)

    assert "too large" in refused.value.sentence


def test_a_catastrophic_pattern_is_linear_where_it_needs_no_backtracking() -> None:
    assert not compile_pattern("(a+)+$").search("a" * 1_000_000 + "!")


@pytest.mark.parametrize("pattern", [r"(a)\1(a+)+$", "(?=a)(a|aa)+$"])
def test_a_catastrophic_pattern_is_stopped_where_it_needs_backtracking(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    text = "a" * 100_000 + "!"

    for run in (compiled.search, compiled.findall, lambda text: compiled.sub("x", text)):
        with pytest.raises(PatternTooSlow) as stopped:
            run(text)
        assert pattern in stopped.value.sentence
        assert "took longer than 50 ms" in stopped.value.sentence


def test_the_number_of_matches_is_bounded() -> None:
    pattern = compile_pattern("x")

    assert len(pattern.findall("x" * MAX_MATCHES)) == MAX_MATCHES
    with pytest.raises(PatternTooSlow) as stopped:
        pattern.findall("x" * (MAX_MATCHES + 1))
    assert "matches more than" in stopped.value.sentence


def test_what_replacements_make_is_bounded() -> None:
    with pytest.raises(TooLong):
        compile_pattern("x+").sub("$&" * 10, "x" * (MAX_RESULT // 5))


PIECES = st.lists(
    st.sampled_from(
        [*"ab1é-^$.*+?()[]{}|\\,:<>=!", "(?:", "(?=", "(?<n>", r"\b", r"\B", r"\S", r"\1", "{2}", "{1,9}"]
    ),
    max_size=12,
).map("".join)


@given(st.text(max_size=20) | PIECES, st.text(max_size=20))
@example("(" * 50 + ")" * 50, "")
@example("(?:" * 40 + "a*" + ")*" * 40 + r"()\1", "aaa")
def test_any_text_is_a_pattern_or_is_refused(pattern: str, text: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternError as error:
        assert error.sentence  # noqa: PT017  # most patterns here are refused, not all
        return
    with contextlib.suppress(PatternTooSlow):
        assert bool(compiled.findall(text)) is compiled.search(text)
        assert compiled.sub("$&", text) == text


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a[^z]*z|a", "a" * 900_000),  # after each match it reads to the end to see that there is no `z`
        ("([ab]{0,30}a){0,30}c", "ab" * 450_000),
        ("[ab]*a[ab]{300}c", "ab" * 450_000),
        ("()" * 400 + "a", "a" * 10_000),
    ],
)
def test_a_pattern_that_is_slow_without_looking_around_is_stopped(pattern: str, text: str) -> None:
    begun = time.thread_time()

    with pytest.raises(PatternTooSlow):
        compile_pattern(pattern).findall(text)

    assert time.thread_time() - begun < 2
