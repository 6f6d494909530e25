"""Captions and units stand before or after their tables and figures."""

import pytest

from ingest.readers.blocks.block import Block, Note, figure, heading, paragraph
from ingest.readers.blocks.captions import caption_kind, captioned, unit_in
from ingest.readers.blocks.table_blocks import plain_rows, table_blocks

(TABLE,) = table_blocks(plain_rows([["City", "Sales"], ["Rome", "1"], ["Oslo", "2"]]))


def described(*blocks: Block | Note) -> list[tuple[str, str]]:
    found = [one for one in captioned(blocks) if isinstance(one, Block)]
    return [(table.caption, table.unit) for block in found for table in block.structure.tables]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Table 3: Net sales", "table"),
        ("Table 3", "table"),
        ("TABLE IV. Results", "table"),
        ("Tabelle 2 – Umsatz", "table"),
        ("表 1 売上", "table"),
        ("Figure 1. Sales", "figure"),
        ("Abb. 12: Aufbau", "figure"),
        ("Exhibit A — Map", "figure"),
        ("Table 3 shows the net sales", ""),
        ("Table Example:", ""),
        ("Tables are nice", ""),
        ("A figure of speech", ""),
    ],
)
def test_a_caption_is_told_from_a_sentence(text: str, kind: str) -> None:
    assert caption_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Net sales (in millions, except per share data)", "in millions, except per share data"),
        ("($ in thousands)", "$ in thousands"),
        ("Dollars in millions", "Dollars in millions"),
        ("Umsatz (in Mio. EUR)", "in Mio. EUR"),
        ("Share (%)", "%"),
        ("Unit: kg", "Unit: kg"),
        ("Sales in Italy", ""),
        ("Those in millions of homes. And more", ""),
    ],
)
def test_a_unit_is_given_as_printed(text: str, unit: str) -> None:
    assert unit_in(text) == unit


def test_a_table_has_the_caption_before_it_or_after_it() -> None:
    caption = paragraph("Table 1. Sales (in thousands)")
    assert described(caption, TABLE) == [("Table 1. Sales (in thousands)", "in thousands")]
    assert described(TABLE, caption) == [("Table 1. Sales (in thousands)", "in thousands")]
    assert described(heading(2, "Table 1. Sales"), TABLE) == [("Table 1. Sales", "")]
    assert described(paragraph("Some text."), TABLE) == [("", "")]
    assert described(paragraph("(in millions)"), TABLE) == [("", "in millions")]


def test_a_caption_belongs_to_one_table() -> None:
    assert described(TABLE, paragraph("Table 1. A"), TABLE, paragraph("Table 2. B")) == [
        ("Table 1. A", ""),
        ("Table 2. B", ""),
    ]
    assert described(paragraph("Figure 1. Map", "caption"), TABLE) == [("", "")]


def test_a_picture_takes_the_caption_after_it() -> None:
    (one,) = captioned([figure("", ""), paragraph("Figure 2: Map")])
    assert isinstance(one, Block)
    assert (one.text, one.structure.figures[0].caption) == ("Figure 2: Map", "Figure 2: Map")
    (one,) = captioned([figure("", "a map"), paragraph("The north", "caption")])
    assert isinstance(one, Block)
    assert one.text == "The north\na map"


def test_notes_and_order_stay() -> None:
    blocks: list[Block | Note] = [paragraph("a"), Note("cut"), TABLE, paragraph("b"), figure("", "c")]
    assert [str(getattr(one, "text", one)) for one in captioned(blocks)] == ["a", "cut", TABLE.text, "b", "c"]
