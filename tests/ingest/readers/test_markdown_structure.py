"""Markdown has headings, tables and front matter, and code has none of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.markdown_structure import front_matter, mark_markdown, title_of


def mark(text: str) -> tuple[str, list[tuple[int, str, str]]]:
    marked = mark_markdown(text.split("\n"))
    shown = "\n".join(marked.lines)
    return shown, [(one.level, one.title, shown[one.start : one.end]) for one in marked.structure().headings]


def test_headings_of_both_kinds_and_none_in_code() -> None:
    text, headings = mark("Title\n=====\n\n```sh\n# comment\n```\n\n    # code\n\n## **Part** `two` ##\n\n> # quoted\n")
    assert headings == [(1, "Title", "# Title"), (2, "Part two", "## **Part** `two` ##")]
    assert text.split("\n")[:3] == ["# Title", "", ""]


def test_a_heading_of_two_lines_and_one_in_html() -> None:
    _, headings = mark("two\nlines\n---\n\n<h1 align='center'>Big <b>one</b></h1>\n")
    assert headings == [(2, "two lines", "two\nlines"), (1, "Big one", "<h1 align='center'>Big <b>one</b></h1>")]


def test_a_whole_paragraph_over_a_rule_is_no_heading() -> None:
    assert mark("word " * 60 + "\n---\n")[1] == []


def test_rows_of_a_table_have_their_heads_and_their_lines() -> None:
    source = "Table 2: Cities\n\n| City | Sales |\n|---|---:|\n| Rome \\| Roma | 3 |\n| | |\n| Oslo | 4 |\n\nEnd"
    marked = mark_markdown(source.split("\n"))
    assert marked.lines == [
        "Table 2: Cities",
        "",
        "City | Sales",
        "",
        "City: Rome | Roma | Sales: 3",
        "",
        "City: Oslo | Sales: 4",
        "",
        "End",
    ]
    (table,) = marked.structure().tables
    text = "\n".join(marked.lines)
    assert [text[cell.start : cell.end] for cell in table.cells] == ["City", "Sales", "Rome | Roma", "3", "Oslo", "4"]
    assert [cell.is_head for cell in table.cells] == [True, True, False, False, False, False]
    assert table.caption == "Table 2: Cities"


def test_front_matter_says_what_the_document_is() -> None:
    lines = [
        "---",
        'title: "My report"',
        "authors:",
        "  - Ann",
        "  - Bob",
        "lang: de",
        "draft: true",
        "---",
        "",
        "# One",
    ]
    assert front_matter(lines) == {"title": "My report", "author": "Ann, Bob"}
    assert mark_markdown(lines).lines == lines
    assert front_matter(["---", "", "text", "---"]) == {}
    assert front_matter(["---"]) == {}


def test_a_title_has_no_marks() -> None:
    assert title_of("**Bold** [link](x.md) `code` {#id}") == "Bold link code"
    assert title_of("2 * 3 * 4 is snake_case_name") == "2 * 3 * 4 is snake_case_name"


@given(
    st.lists(
        st.sampled_from(["# a", "b", "===", "---", "| x | y |", "|---|---|", "", "```", "- c", "    d", "> e", "\tf"])
    )
)
def test_no_line_number_changes_and_every_place_is_exact(lines: list[str]) -> None:
    marked = mark_markdown(lines)
    assert len(marked.lines) == len(lines)
    text = "\n".join(marked.lines)
    structure = marked.structure()
    for heading in structure.headings:
        assert heading.title.split()[-1] in text[heading.start : heading.end]
    for table in structure.tables:
        assert all(
            text[cell.start : cell.end]
            in ("x", "y", "# a", "b", "---", "===", "- c", "```", "> e", "d", "f", "|---|---|".strip("|"))
            or text[cell.start : cell.end].strip()
            for cell in table.cells
        )


def test_a_text_too_long_to_be_parsed_is_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.markdown_structure.MAX_CHARACTERS", 3)
    marked = mark_markdown(["# One"])
    assert (marked.lines, marked.headings) == (["# One"], [])


def test_many_tables_are_found_in_time_that_grows_with_their_number() -> None:
    marked = mark_markdown(["| a | b |", "|---|---|", "| 1 | 2 |", ""] * 3000)
    assert len(marked.structure().tables) == 3000
