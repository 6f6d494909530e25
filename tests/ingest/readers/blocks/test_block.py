"""Blocks are clean, and their structure counts their own characters."""

import pytest

from ingest.readers.blocks.block import figure, footnote, heading, item, paragraph, preformatted
from rag.types import Figure, Heading


def test_a_heading_has_its_mark_and_its_title() -> None:
    block = heading(2, " Fees\n and\x00 costs ")
    assert (block.text, block.level, block.plain) == ("## Fees and costs", 2, "Fees and costs")
    assert block.structure.headings == (Heading(2, 0, 17, "Fees and costs"),)
    assert (heading(0, "a").text, heading(9, "a").text) == ("# a", "###### a")


@pytest.mark.parametrize("text", ["word " * 50, "This is a whole sentence that somebody has styled as a heading. " * 2])
def test_a_paragraph_that_is_styled_as_a_heading_stays_a_paragraph(text: str) -> None:
    block = heading(1, text)
    assert (block.kind, block.level, block.structure.headings) == ("paragraph", 0, ())
    assert block.text == " ".join(text.split())


def test_an_empty_heading_is_nothing() -> None:
    assert heading(1, " \x00 ").text == item(" ").text == footnote("footnote", "1", "").text == ""


def test_items_have_marks_and_depths() -> None:
    assert item("one\r\ntwo", "1.").text == "1. one\ntwo"
    assert item("deep", "-", 2).text == "    - deep"
    assert item("goes on", "", 1).text == "  goes on"


def test_the_indentation_of_code_stays() -> None:
    assert preformatted("\n    if x:\n        y  \n").text == "    if x:\n        y"


def test_a_picture_is_its_caption_and_its_alternative_text_stays() -> None:
    assert figure("Figure 1. Sales", "a bar chart").text == "Figure 1. Sales\na bar chart"
    assert figure("Figure 1. Sales", "a bar chart").structure.figures == (Figure(0, 15, "Figure 1. Sales"),)
    assert figure("", "a cat").structure.figures == (Figure(0, 5, "a cat"),)
    assert figure("", "").structure.figures == ()


@pytest.mark.parametrize("text", ["chart_1.png", "Picture 3", "A cat Description automatically generated"])
def test_what_programs_write_is_no_alternative_text(text: str) -> None:
    assert figure("", text).text in ("", "A cat")


def test_a_paragraph_is_clean() -> None:
    assert paragraph(" a\x85b \ud800 ").text == "a\nb"
