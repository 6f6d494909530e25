"""Blocks are placed on pages, and their structure with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.assembly import section_pages, unit_pages
from ingest.readers.blocks.block import Block, Note, figure, heading, item, paragraph
from ingest.readers.blocks.pages import NO_TEXT, PART_CHARACTERS
from ingest.readers.blocks.table_blocks import TableStyle, plain_rows, table_blocks
from rag.types import Page


def test_a_unit_becomes_a_page_and_a_long_one_several() -> None:
    long = [paragraph("word " * 2000)] * 5
    found = list(unit_pages([("slide 1", [paragraph("One"), paragraph("Two")]), ("slide 2", []), ("slide 3", long)]))
    assert [(page.number, page.label) for page in found] == [
        (1, "slide 1"),
        (2, "slide 2"),
        *((number, f"slide 3, part {number - 2}") for number in range(3, 3 + len(found) - 2)),
    ]
    assert (found[0].text, found[1].state, found[1].note) == ("One\n\nTwo", "empty", NO_TEXT)
    assert len(found) > 4
    assert all(len(page.text) <= PART_CHARACTERS for page in found)


def test_notes_are_no_text_and_come_once() -> None:
    first, second = unit_pages([("sheet", [Note("cut"), paragraph("word " * 4000), paragraph("more")])])
    assert (first.note, second.note) == ("cut", "")
    assert "cut" not in first.text + second.text


def test_a_text_beyond_the_limit_ends_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.blocks.assembly.MAX_CHARACTERS", 10)
    found = list(unit_pages([("a", [paragraph("short")]), ("b", [paragraph("much longer")]), ("c", [])]))
    assert [(page.label, page.state) for page in found] == [("a", "ready"), ("b", "failed")]
    assert found[1].note == "only the first 10 characters are read"


def test_a_long_paragraph_is_divided_between_words() -> None:
    words = [f"word{at}" for at in range(8000)]
    pages = list(unit_pages([("", [paragraph(" ".join(words))])]))
    assert len(pages) > 2
    assert [word for page in pages for word in page.text.split()] == words


def test_many_headings_of_a_level_without_text_are_a_list() -> None:
    blocks = [heading(2, f"Entry {at}") for at in range(300)]
    (page,) = unit_pages([("", [*blocks, heading(1, "Text"), paragraph("Here.")])])
    assert [one.title for one in page.structure.headings] == ["Text"]
    assert "Entry 299" in page.text
    (page,) = unit_pages([("", [heading(1, "Text"), *blocks[:3], paragraph("Here.")])])
    assert len(page.structure.headings) == 4


def test_metadata_is_on_the_first_page_only() -> None:
    first, second = unit_pages([("a", [paragraph("x")]), ("b", [paragraph("y")])], {"title": "T"})
    assert (first.metadata, second.metadata) == ({"title": "T"}, {})


_TEXT = st.text("aB1 #|-\n\r\x00\x85\u200b\ufeff漢", max_size=30)
_BLOCKS = st.lists(
    st.one_of(
        st.builds(heading, st.integers(0, 9), _TEXT),
        st.builds(paragraph, _TEXT),
        st.builds(item, _TEXT, st.sampled_from(["-", "1.", ""]), st.integers(0, 3)),
        st.builds(figure, _TEXT, _TEXT),
        st.lists(st.lists(_TEXT, min_size=2, max_size=4), min_size=1, max_size=5).map(
            lambda rows: next(table_blocks(plain_rows(rows), TableStyle(1, is_certain=True)), Block(""))
        ),
    ),
    max_size=25,
)


@given(_BLOCKS, st.sampled_from([40, 120, 20_000]))
def test_every_heading_cell_and_figure_is_where_the_structure_says(blocks: list[Block], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.readers.blocks.assembly.PART_CHARACTERS", size)
        pages = list(section_pages(blocks))
    titles = {one.title for block in blocks for one in block.structure.headings}
    cells = {block.text[c.start : c.end] for block in blocks for table in block.structure.tables for c in table.cells}
    for page in pages:
        assert page.text == page.text.strip()
        for one in page.structure.headings:
            assert one.title in titles
            assert 1 <= one.level <= 6
            assert page.text[one.start : one.end] == f"{'#' * one.level} {one.title}"
        for table in page.structure.tables:
            assert {page.text[cell.start : cell.end] for cell in table.cells} <= cells
            assert all(table.start <= cell.start <= cell.end <= table.end for cell in table.cells)
        for shown in page.structure.figures:
            assert page.text[shown.start : shown.end] == shown.caption != ""


@given(_BLOCKS)
def test_no_letter_is_lost(blocks: list[Block]) -> None:
    def letters(texts: list[str]) -> str:
        return "".join(character for text in texts for character in text if character.isalnum())

    pages: list[Page] = list(unit_pages([("a", blocks)]))
    assert sorted(letters([page.text for page in pages])) == sorted(letters([block.text for block in blocks]))
