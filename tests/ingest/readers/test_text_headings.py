"""Headings of plain text are found by its layout, and prose and lists are none."""

import pytest

from ingest.readers.text_headings import text_headings

PROSE = ["Some text that is wrapped at the end of a", "line, and goes on.", ""]


def titles(*parts: str | list[str]) -> list[tuple[int, str]]:
    lines: list[str] = []
    for part in parts:
        lines += [part, ""] if isinstance(part, str) else part
    return [(one.level, one.title) for one in text_headings(lines)]


def test_numbered_sections_have_the_level_of_their_number() -> None:
    found = titles(
        "1. Introduction", PROSE, "2. Powers", PROSE, "2.1. The vote", PROSE, "A. Appendix", PROSE, "A.1. Notes", PROSE
    )
    assert found == [
        (1, "1. Introduction"),
        (1, "2. Powers"),
        (2, "2.1. The vote"),
        (1, "A. Appendix"),
        (2, "A.1. Notes"),
    ]


def test_lists_and_a_table_of_contents_are_no_sections() -> None:
    contents = ["1.  One . . . . . . . . 3", "2.  Two . . . . . . . . 9", ""]
    found = titles(
        contents,
        "1.  One",
        PROSE,
        "   1. Do this",
        "   2. Do that",
        "   3. Be happy",
        PROSE,
        "2.  Two",
        PROSE,
        "2.1  Three",
        PROSE,
    )
    assert found == [(1, "1.  One"), (1, "2.  Two"), (2, "2.1  Three")]
    assert titles("1. Bread", "2. Milk", "3. Eggs", "4. Salt") == []
    assert titles(PROSE, "7. A number alone", PROSE) == []


def test_chapters_of_a_book_are_found_once() -> None:
    contents = ["CHAPTER I. Loomings.", "CHAPTER II. The Bag.", "CHAPTER III. The Inn.", "CHAPTER IV. The Quilt."]
    found = titles("Contents", *contents, "CHAPTER I. Loomings.", PROSE, "CHAPTER II. The Bag.", PROSE)
    assert found == [(1, "CHAPTER I. Loomings."), (1, "CHAPTER II. The Bag.")]


def test_books_are_over_chapters_and_these_over_their_titles() -> None:
    found = titles("BOOK ONE", "Chapter 1", "THE ARRIVAL", PROSE, PROSE, "Chapter 2", PROSE, PROSE)
    assert found == [(1, "BOOK ONE"), (2, "Chapter 1"), (3, "THE ARRIVAL"), (2, "Chapter 2")]


@pytest.mark.parametrize(
    "line",
    [
        "Part of the reason",
        "Section 3 says nothing",
        "chapter 4 of the novel",
        "An ordinary line",
        "IBM, NASA,",
        "A | B",
    ],
)
def test_a_line_alone_is_no_heading(line: str) -> None:
    assert titles(PROSE, line, PROSE, PROSE) == []


def test_underlined_lines_are_headings_by_the_order_of_their_rules() -> None:
    found = titles(["Manual", "======", ""], PROSE, ["Options", "-------", ""], PROSE, ["a  b", "----", ""])
    assert found == [(1, "Manual"), (2, "Options")]


def test_capitals_and_running_heads() -> None:
    assert titles(PROSE, "TERMS AND CONDITIONS", PROSE, "DEFINITIONS", PROSE, PROSE) == [
        (1, "TERMS AND CONDITIONS"),
        (1, "DEFINITIONS"),
    ]
    assert titles("ACME ANNUAL REPORT", PROSE, "ACME ANNUAL REPORT", PROSE, "ACME ANNUAL REPORT", PROSE) == []


def test_a_manual_page_has_its_heads_at_the_margin() -> None:
    lines = [
        "NAME",
        "       ls - list",
        "",
        "SYNOPSIS",
        "       ls [FILE]",
        "",
        "DESCRIPTION",
        "       List files.",
        "",
        "   Exit status",
        "       0 if OK.",
        "",
    ]
    assert titles(lines, PROSE, PROSE) == [(1, "NAME"), (1, "SYNOPSIS"), (1, "DESCRIPTION"), (2, "Exit status")]


def test_where_every_line_is_one_none_is() -> None:
    assert titles(*["CAPITALS " + "ABCDEFGHIJ"[at] * 4 for at in range(10)], PROSE) == []
