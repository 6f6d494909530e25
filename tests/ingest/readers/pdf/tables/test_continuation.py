"""A table that goes on over pages keeps its heads, its caption and its unit."""

from pathlib import Path

from ingest.readers.pdf.page_view import boxes
from ingest.readers.pdf.tables.grid import Grid
from ingest.readers.pdf.tables.placement import MAX_PAGES_CARRIED, OpenTable, PageTables, continued, open_table
from tests.support.documents.pdfs import Words, read_pdf, write_words
from tests.support.documents.table_pdfs import grid_lines

XS, YS = [60, 180, 300, 420], [800 - 20 * number for number in range(38)]


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
