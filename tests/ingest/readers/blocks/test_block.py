"""Blocks are clean, and their structure counts their own characters."""

import pytest

from ingest.readers.blocks.block import figure, heading, preformatted


@pytest.mark.parametrize("text", ["word " * 50, "This is a whole sentence that somebody has styled as a heading. " * 2])
def test_a_paragraph_that_is_styled_as_a_heading_stays_a_paragraph(text: str) -> None:
    block = heading(1, text)
    assert (block.kind, block.level, block.structure.headings) == ("paragraph", 0, ())
    assert block.text == " ".join(text.split())


def test_the_indentation_of_code_stays() -> None:
    assert preformatted("\n    if x:\n        y  \n").text == "    if x:\n        y"


@pytest.mark.parametrize("text", ["chart_1.png", "Picture 3", "A cat Description automatically generated"])
def test_what_programs_write_is_no_alternative_text(text: str) -> None:
    assert figure("", text).text in ("", "A cat")
