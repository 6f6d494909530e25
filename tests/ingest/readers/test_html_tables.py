"""Tables of HTML have heads of several levels, and layouts are no tables."""

from lxml import html

from ingest.readers.blocks.block import Block
from ingest.readers.html_blocks import Walker


def read(source: str) -> list[Block]:
    return list(Walker().blocks(html.document_fromstring(source).find("body")))


def test_heads_of_two_levels_with_spans() -> None:
    (table,) = read(
        "<table><thead><tr><th rowspan=2>Region<th colspan=2>Sales<tr><th>2018<th>2017</thead>"
        "<tr><td rowspan=2>North<td>1<td>2<tr><td>3<td>4</table>"
    )
    assert table.text.split("\n")[2:] == [
        "Region: North | Sales 2018: 1 | Sales 2017: 2",
        "Region: North | Sales 2018: 3 | Sales 2017: 4",
    ]
    (found,) = table.structure.tables
    assert [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in found.cells][:3] == [
        (0, 0, 2, 1),
        (0, 1, 1, 2),
        (1, 1, 1, 1),
    ]


def test_signs_and_spaces_in_columns_of_their_own() -> None:
    (table,) = read(
        "<table><tr><td></td><td colspan=3>2018</td><td></td><td colspan=3>2017</td></tr>"
        "<tr><td>Net sales</td><td>$</td><td>32</td><td></td><td></td><td>$</td><td>31</td><td></td></tr>"
        "<tr><td>Loss</td><td></td><td>(5</td><td>)</td><td></td><td></td><td>(4</td><td>)</td></tr></table>"
    )
    assert table.text == "2018 | 2017\nNet sales | 2018: $32 | 2017: $31\nLoss | 2018: (5) | 2017: (4)"


def test_a_caption_stands_before_its_table() -> None:
    caption, table = read(
        "<table><caption>Cities (in thousands)</caption><tr><th>City<th>Size<tr><td>Rome<td>3</table>"
    )
    assert caption.text == "Cities (in thousands)"
    (found,) = table.structure.tables
    assert (found.caption, found.unit) == ("Cities (in thousands)", "in thousands")


def test_a_layout_is_read_cell_by_cell() -> None:
    blocks = read("<table><tr><td><h1>News</h1><p>Today</p><td><table><tr><th>A<th>B<tr><td>1<td>2</table></table>")
    assert [block.text for block in blocks] == ["# News", "Today", "A | B\nA: 1 | B: 2"]
    assert [block.text for block in read("<table role=presentation><tr><td>a<td>b</table>")] == ["a", "b"]
    assert len(read(f"<table><tr><td>menu<td>{'word ' * 100}</table>")) == 2


def test_a_long_cell_of_a_marked_table_stays_in_it() -> None:
    (table,) = read(f"<table><tr><th>Name<th>Text<tr><td>Ann<td>{'word ' * 100}</table>")
    assert table.text.startswith("Name | Text\nName: Ann | Text: word")


def test_spans_are_bounded() -> None:
    source = "<table><tr><th colspan=999999999>A<th>B<tr><td rowspan=99999999>1<td>2<tr><td>3</table>"
    (table,) = read(source)
    assert len(table.text) < 200
