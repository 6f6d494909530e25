"""Tables stand where their lines stood, and every other word stays where it was."""

from pathlib import Path

from ingest.readers.pdf.aligned import aligned_tables
from ingest.readers.pdf.grid import Grid, write_table
from ingest.readers.pdf.heads import complete_names
from ingest.readers.pdf.page_view import boxes
from ingest.readers.pdf.placement import (
    MAX_PAGES_CARRIED,
    OpenTable,
    PageLayout,
    PageTables,
    PlacedTable,
    continued,
    open_table,
)
from tests.support.documents.pdfs import Words, overlap, read_pdf, shown, write_words
from tests.support.documents.table_pdfs import grid_lines, rows_of, typescript

LINES = [
    "                     2018        2017",
    "Net sales          32,765      31,657",
    "Cost of sales      16,682      16,055",
    "Gross margin       16,083      15,602",
]
ABOVE = Words(40, 760, "The sales of Widgets went on to grow in the year.")
BELOW = Words(40, 600, "They are expected to grow further, as is the margin.")
XS, YS = [60, 180, 300, 420], [800 - 20 * number for number in range(38)]


def test_the_text_around_a_table_stays_in_order(tmp_path: Path) -> None:
    (page,) = read_pdf(write_words(tmp_path / "t.pdf", [[ABOVE, *typescript(LINES), BELOW]]))
    assert page.text.split("\n\n") == [
        ABOVE.text,
        (
            "2018 | 2017\nNet sales | 2018: 32,765 | 2017: 31,657\nCost of sales | 2018: 16,682 | 2017: 16,055\n"
            "Gross margin | 2018: 16,083 | 2017: 15,602"
        ),
        BELOW.text,
    ]
    (table,) = page.structure.tables
    assert page.text[table.start : table.end] == page.text.split("\n\n")[1]
    for cell in table.cells:
        assert page.text[cell.start : cell.end].strip() == page.text[cell.start : cell.end]


def test_boxes_frame_cells_and_a_repeated_head_its_own_place(tmp_path: Path) -> None:
    words = typescript(LINES)
    path = write_words(tmp_path / "t.pdf", [[ABOVE, *words, BELOW]])
    text = read_pdf(path)[0].text
    at = text.index("16,682")
    (cell,) = boxes(path, 1, at, at + 6)
    drawn = {each.text: each for each in words}
    assert overlap(cell, shown(drawn["16,682"].box(), 0, (0, 0, 595, 842))) > 0.8
    head = text.index("2018: 16,682")
    (above,) = boxes(path, 1, head, head + 4)
    assert overlap(above, shown(drawn["2018"].box(), 0, (0, 0, 595, 842))) > 0.8


def test_words_beside_a_table_in_its_lines_are_kept(tmp_path: Path) -> None:
    aside = [Words(430, 652, "Margin note in line")]
    text = read_pdf(write_words(tmp_path / "t.pdf", [[ABOVE, *typescript(LINES), *aside, BELOW]]))[0].text
    assert all(word in text for word in ("Margin note in line", "31,657", "15,602", BELOW.text))


def test_a_table_of_which_cleaning_leaves_nothing_is_none() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    written = write_table(complete_names(grid))
    layout = PageLayout(written.runs, [], [], [PlacedTable(0, written, grid, False)])
    assert layout.structure_tables([(5, 5)] * len(written.runs)) == ()


def write_long(path: Path, pages: int) -> Path:
    """Write a ruled table over pages with heads on the first alone."""
    rows = [
        ["Name", "City", "Staff"],
        *([f"Firm {number}", "Bonn", f"{number},100"] for number in range(37 * pages - 1)),
    ]
    content = [
        [
            Words(64 + 120 * column, 786 - 20 * place, text)
            for place, row in enumerate(rows[37 * page : 37 * (page + 1)])
            for column, text in enumerate(row)
        ]
        for page in range(pages)
    ]
    return write_words(path, content, drawn=grid_lines(XS, YS))


def test_heads_are_carried_over_pages(tmp_path: Path) -> None:
    pages = read_pdf(write_long(tmp_path / "long.pdf", 12))
    assert [page.structure.tables[0].continues for page in pages] == [False] + [True] * 11
    assert pages[11].text.startswith("Name: Firm 406 | City: Bonn | Staff: 406,100\n")


def test_boxes_of_a_late_page_are_exact(tmp_path: Path) -> None:
    path = write_long(tmp_path / "long.pdf", 12)
    text = read_pdf(path)[11].text
    at = text.index("409,100")
    ((left, top, _, _),) = boxes(path, 12, at, at + 7)
    assert abs(left - 304 / 595) < 0.01
    assert abs(top - (842 - 786 + 20 * 3 - 8) / 842) < 0.01


def test_other_columns_are_another_table() -> None:
    before = OpenTable(["a", "b"], [(0, 10), (20, 30)])
    table = Grid(rows=[], columns=2, edges=[(0, 10), (60, 80)], at_top=True)
    assert continued([table], before) == PageTables([table])


def test_heads_are_not_carried_for_ever() -> None:
    before = OpenTable(["a"], [(0, 10)], pages=MAX_PAGES_CARRIED)
    table = Grid(rows=[], columns=1, edges=[(0, 10)], at_top=True, at_bottom=True)
    assert open_table(continued([table], before), before) is None
