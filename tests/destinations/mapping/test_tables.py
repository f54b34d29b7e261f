import pytest

from destinations.mapping import CsvError, Table, read_csv, table_problems
from destinations.mapping.tables import compile_table

STATES = Table("States", (("Texas", "TX"), ("ohio ", "OH")))


@pytest.mark.parametrize(
    ("table", "looked_up", "found"),
    [
        (STATES, "Texas", "TX"),
        (STATES, " TEXAS ", "TX"),
        (STATES, "Ohio", "OH"),
        (STATES, "Utah", "Utah"),
        (Table("t", STATES.rows, "blank"), "Utah", ""),
        (Table("t", STATES.rows, "text", "other"), "Utah", "other"),
        (Table("t", STATES.rows, "text", "other"), "texas", "TX"),
        (Table("t", (("Straße", "road"),)), "STRASSE", "road"),
        (Table("t", STATES.rows, "table", table="nowhere"), "Utah", "Utah"),
    ],
)
def test_a_text_is_looked_up(table: Table, looked_up: str, found: str) -> None:
    assert compile_table([table], table.name)(looked_up) == found


def test_what_a_table_does_not_have_is_looked_up_in_the_next() -> None:
    tables = [
        Table("a", (("1", "one"),), "table", table="B"),
        Table("b", (("1", "uno"), ("2", "dos")), "text", "many"),
    ]
    look_up = compile_table(tables, "a")

    assert [look_up(text) for text in "123"] == ["one", "dos", "many"]


def test_a_loop_of_tables_ends_and_keeps_the_value() -> None:
    tables = [
        Table("a", (("1", "one"),), "table", table="b"),
        Table("b", (("2", "two"),), "table", table="a"),
    ]
    look_up = compile_table(tables, "b")

    assert [look_up(text) for text in "123"] == ["one", "two", "3"]


def test_a_table_that_is_not_there_is_said() -> None:
    with pytest.raises(LookupError, match="no look-up table `States`"):
        compile_table([], "States")


def test_a_table_is_the_same_after_json() -> None:
    for table in (
        STATES,
        Table("t", (("a", "b"),), "text", "other"),
        Table("t", (("a", "b"),), "table", table="s"),
    ):
        assert Table.from_json(table.to_json()) == table


def test_tables_that_make_sense_have_no_problems() -> None:
    assert table_problems([STATES, Table("More", (("a", ""),), "table", table="states")]) == []


ROW = (("a", "b"),)


@pytest.mark.parametrize(
    ("tables", "index", "field", "says"),
    [
        ([Table("", ROW)], 0, "name", "Give the table a name"),
        ([Table("n" * 101, ROW)], 0, "name", "100 characters"),
        ([Table("a\nb", ROW)], 0, "name", "line breaks"),
        ([Table("a", ROW), Table(" A", ROW)], 1, "name", "two tables"),
        ([Table("a")], 0, "rows", "at least one row"),
        ([Table("a", (("x", "1"), (" ", "2")))], 0, "rows", "Row 2: There is nothing to look for"),
        ([Table("a", (("x", "1"), ("X ", "2")))], 0, "rows", "Row 2: `X ` is there already, in row 1"),
        ([Table("a", (("x" * 501, "1"),))], 0, "rows", "Row 1: A value may have at most 500"),
        ([Table("a", (("x", "\x00"),))], 0, "rows", "cannot be kept"),
        ([Table("a", ROW, "text", "y" * 501)], 0, "text", "at most 500"),
        ([Table("a", ROW, "table")], 0, "table", "Choose the next table"),
        ([Table("a", ROW, "table", table="b")], 0, "table", "There is no look-up table `b`"),
        ([Table("a", ROW, "table", table="A")], 0, "table", "in a circle: a → a"),
        ([Table("a", ROW, "sometimes")], 0, "otherwise", "Choose"),  # type: ignore[arg-type]
        ([Table(f"t{n}", ROW) for n in range(21)], 20, "name", "at most 20"),
        ([Table("a", tuple((f"{n}", "x" * 300) for n in range(4_000)))], 0, "rows", "1,000,000 characters"),
        ([Table("a", tuple((f"{n}", "x") for n in range(5_001)))], 0, "rows", "at most 5,000 rows"),
    ],
)
def test_a_mistake_is_named_at_its_table_and_field(
    tables: list[Table], index: int, field: str, says: str
) -> None:
    [(where, at, sentence)] = table_problems(tables)

    assert (where, at) == (index, field)
    assert says in sentence


def test_every_table_of_a_loop_says_so_and_no_other() -> None:
    tables = [
        Table("a", ROW, "table", table="b"),
        Table("b", ROW, "table", table="c"),
        Table("c", ROW, "table", table="b"),
    ]

    assert table_problems(tables) == [
        (1, "table", "This goes round in a circle: b → c → b."),
        (2, "table", "This goes round in a circle: c → b → c."),
    ]


# --- CSV


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("from,to\nTexas,TX\n", (("Texas", "TX"),)),
        ("from,to\r\nTexas,TX\r\nOhio,OH", (("Texas", "TX"), ("Ohio", "OH"))),
        ("\ufefffrom,to\na,b\n", (("a", "b"),)),
        (" To , FROM \nTX,Texas\n", (("Texas", "TX"),)),
        ('"from";"to"\n"a;b";c\n', (("a;b", "c"),)),
        ("from\tto\na\tb, c\n", (("a", "b, c"),)),
        ('from,to\n"say ""hi""","a\nb"\n', (('say "hi"', "a\nb"),)),
        ("\n\nfrom,to\n\n , \na,b\n\n", (("a", "b"),)),
        ("from,to\na,\n", (("a", ""),)),
    ],
)
def test_a_file_is_read(text: str, rows: tuple[tuple[str, str], ...]) -> None:
    assert read_csv(text) == rows


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "names the two columns")]),
        ("a,b\n1,2\n", [(1, "`from` and `to`; here it has `a, b`")]),
        ("from\na\n", [(1, "here it has `from`")]),
        ("from,to,why\na,b,c\n", [(1, "here it has `from, to, why`")]),
        ("from,to\n", [(2, "no rows")]),
        (
            "from,to\na,b\na,b,c\nd\n,e\nA ,f\n",
            [
                (3, "this line has 3"),
                (4, "this line has 1"),
                (5, "nothing to look for"),
                (6, "`A` is there already, in line 2"),
            ],
        ),
        ('from,to\n"a\nb",c\nd\n', [(4, "this line has 1")]),
        ('from,to\na,b\n"c,d\ne,f\n', [(3, "never closed")]),
        ('from,to\n"a"b,c\n', [(2, "closing quotation mark")]),
        (f"from,to\n{'x' * 501},b\n", [(2, "at most 500 characters")]),
        (f"from,to\n{'x' * 200_000},b\n", [(2, "at most 500 characters")]),
        (f"from,to\n{'x' * 1_000_000},b\n", [(1, "1,000,000 characters")]),
        ("from,to\na,\ud800\n", [(2, "cannot be kept")]),
        ("from,to\na,\x00\n", [(2, "cannot")]),
        ("from,to\n" + "".join(f"{n},b\n" for n in range(5_002)), [(5_002, "at most 5,000 rows")]),
    ],
)
def test_every_mistake_of_a_file_has_its_line_and_nothing_is_read(
    text: str, problems: list[tuple[int, str]]
) -> None:
    with pytest.raises(CsvError) as caught:
        read_csv(text)

    assert [line for line, _ in caught.value.problems] == [line for line, _ in problems]
    for (_, sentence), (_, says) in zip(caught.value.problems, problems, strict=True):
        assert says in sentence
