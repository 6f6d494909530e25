"""Texts, labels and metadata of pages are clean, and structure moves with its text."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.pages import (
    clean_text,
    cut,
    joined,
    metadata_of,
    moved,
    unit_label,
    without_invisible,
)
from rag.types import Cell, Figure, Heading, Page, Structure, Table


def test_a_byte_order_mark_is_no_hidden_character_and_one_in_the_middle_is() -> None:
    assert clean_text("\ufeffa\ufeffb") == "a\ufeffb"
    ((page,), removed) = without_invisible([Page(number=1, label="1", text="a\ufeffb", head="c\ufeffd")])
    assert (page.text, page.head, removed) == ("ab", "cd", 1)


def test_cleaning_leaves_nothing_that_later_stages_stumble_over() -> None:
    assert clean_text("\ufeff a\x00b\r\nc\x85d \t\n\ud800e\u2028f  ") == "ab\nc\nd\ne\nf"


def test_a_label_is_short_and_names_the_unit() -> None:
    assert unit_label("sheet", " Q1\n ") == "sheet “Q1”"
    assert unit_label("message", "") == "message"
    assert len(unit_label("section", "long " * 50)) <= len("section “”") + 60


def test_the_first_value_that_says_something_counts() -> None:
    values = [("title", None), ("title", " A\x00 report\n"), ("title", "B"), ("colour", "red"), ("date", "")]
    assert metadata_of(values) == {"title": "A report"}
    assert len(metadata_of([("title", "word " * 1000)])["title"]) <= 500


def test_several_authors_are_one_value() -> None:
    assert joined([" Ann  Lee ", "", None, "Bob", "Ann Lee"]) == "Ann Lee, Bob"


@given(st.lists(st.tuples(st.text("ab\n", max_size=3), st.text("\u200b\u2060", max_size=2)), max_size=8))
def test_a_place_keeps_the_characters_that_are_left_of_it(parts: list[tuple[str, str]]) -> None:
    before = "".join(kept + removed for kept, removed in parts)
    after = "".join(kept for kept, _ in parts)
    half = len(before) // 2
    structure = Structure(
        (Heading(1, 0, half, "a"),) if half else (),
        (Table(start=0, end=len(before), cells=(Cell(row=0, column=0, start=half, end=len(before)),)),),
        (Figure(half, len(before), ""),),
    )
    result = moved(structure, before, after)

    def left(start: int, end: int) -> str:
        return "".join(character for character in before[start:end] if character in "ab\n")

    assert [after[h.start : h.end] for h in result.headings] == [t for t in [left(0, half)] if t]
    (table,) = result.tables
    assert after[table.start : table.end] == after
    assert after[table.cells[0].start : table.cells[0].end] == left(half, len(before))
    assert after[result.figures[0].start : result.figures[0].end] == left(half, len(before))


STRUCTURE = Structure(
    (Heading(1, 0, 3, "abc"), Heading(2, 12, 14, "de")),
    (
        Table(
            start=4,
            end=11,
            cells=(
                Cell(row=0, column=0, start=4, end=5),
                Cell(row=1, column=0, start=6, end=7),
                Cell(row=2, column=0, start=8, end=11),
            ),
        ),
    ),
    (Figure(12, 14, "de"),),
)


def test_a_part_has_what_lies_within_it_and_a_table_goes_on() -> None:
    result = cut(STRUCTURE, 6, 14)
    assert result.headings == (Heading(2, 6, 8, "de"),)
    assert result.figures == (Figure(6, 8, "de"),)
    (table,) = result.tables
    assert (table.start, table.end, table.continues) == (0, 5, True)
    assert [(cell.row, cell.start, cell.end) for cell in table.cells] == [(0, 0, 1), (1, 2, 5)]
    assert not cut(STRUCTURE, 0, 7).tables[0].continues
    assert cut(STRUCTURE, 1, 2) == Structure()
