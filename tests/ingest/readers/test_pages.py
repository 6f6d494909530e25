"""Blocks of text become pages of cleaned text."""

import pytest

from ingest.readers.pages import (
    NO_TEXT,
    PART_CHARACTERS,
    Note,
    clean_text,
    section_pages,
    table_text,
    unit_label,
    unit_pages,
    without_invisible,
)
from rag.types import Page


def test_a_byte_order_mark_is_no_hidden_character_and_one_in_the_middle_is() -> None:
    assert clean_text("\ufeffa\ufeffb") == "a\ufeffb"
    ((page,), removed) = without_invisible([Page(number=1, label="1", text="a\ufeffb", head="c\ufeffd")])
    assert (page.text, page.head, removed) == ("ab", "cd", 1)


def test_cleaning_leaves_nothing_that_later_stages_stumble_over() -> None:
    assert clean_text("\ufeff a\x00b\r\nc\x85d \t\n\ud800e\u2028f  ") == "ab\nc\nd\ne\nf"


def test_a_unit_becomes_a_page_and_a_long_one_several() -> None:
    long = ["word " * 2000] * 5
    found = list(unit_pages([("slide 1", ["One", "Two"]), ("slide 2", []), ("slide 3", long)]))
    assert [(page.number, page.label) for page in found] == [
        (1, "slide 1"),
        (2, "slide 2"),
        *((number, f"slide 3, part {number - 2}") for number in range(3, 3 + len(found) - 2)),
    ]
    assert (found[0].text, found[1].state, found[1].note) == ("One\n\nTwo", "empty", NO_TEXT)
    assert len(found) > 4
    assert all(len(page.text) <= PART_CHARACTERS for page in found)


def test_notes_are_no_text_and_come_once() -> None:
    first, second = unit_pages([("sheet", [Note("cut"), "word " * 4000, "more"])])
    assert (first.note, second.note) == ("cut", "")
    assert "cut" not in first.text + second.text


def test_a_text_beyond_the_limit_ends_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.pages.MAX_CHARACTERS", 10)
    found = list(unit_pages([("a", ["short"]), ("b", ["much longer"]), ("c", ["never read"])]))
    assert [(page.label, page.state) for page in found] == [("a", "ready"), ("b", "failed")]
    assert found[1].note == "only the first 10 characters are read"


def test_a_long_text_is_divided_at_its_headings() -> None:
    blocks = [block for at in range(3) for block in (f"# Part {at}", "word " * 2000)]
    assert [page.label for page in section_pages(blocks)] == [f"section “Part {at}”" for at in range(3)]
    assert [page.label for page in section_pages(blocks[:2])] == [""]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Item", "Kind", "Price"], ["Pen", "", "2"]], "Item | Kind | Price\nItem: Pen | Price: 2"),
        ([["City", "2024"], ["Rome", "3"]], "City | 2024\nRome | 3"),
        ([["City", "Sales"], ["Rome", "3"]], "City | Sales\nCity: Rome | Sales: 3"),
        ([["Name", "Town"], ["Ann", "Rome"]], "Name | Town\nAnn | Rome"),
        ([["only", ""], ["one", ""]], "only\none"),
        ([["A", "x" * 500]], "A\n" + "x" * 500),
        ([], ""),
    ],
)
def test_rows_keep_their_heads_where_the_first_row_names_columns(rows: list[list[str]], expected: str) -> None:
    assert table_text(rows) == expected


def test_a_label_is_short_and_names_the_unit() -> None:
    assert unit_label("sheet", " Q1\n ") == "sheet “Q1”"
    assert unit_label("message", "") == "message"
    assert len(unit_label("section", "long " * 50)) <= len("section “”") + 60
