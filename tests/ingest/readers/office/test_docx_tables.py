"""Tables of Word have merged cells, heads, and the ends of pages among their rows."""

from pathlib import Path

from rag.types import Page
from tests.support.documents.sample_documents import paragraph, read_pages, write_docx

BREAK = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def pages_of(path: Path, body: str) -> list[Page]:
    return read_pages(write_docx(path, body))


def test_heads_of_two_levels_by_merged_cells(tmp_path: Path) -> None:
    head = cell("City", '<w:vMerge w:val="restart"/>') + cell("Sales", '<w:gridSpan w:val="2"/>')
    years = cell("", "<w:vMerge/>") + cell("2018") + cell("2017")
    body = table(head, years, cell("Rome") + cell("3") + cell("4"))
    (page,) = pages_of(tmp_path / "a.docx", body)
    assert page.text.split("\n")[-1] == "City: Rome | Sales 2018: 3 | Sales 2017: 4"
    (found,) = page.structure.tables
    assert [cell.is_head for cell in found.cells] == [True, True, True, True, False, False, False]


def test_marked_head_rows_are_believed(tmp_path: Path) -> None:
    header = "<w:trPr><w:tblHeader/></w:trPr>"
    body = table(header + cell("Name") + cell("Town"), cell("Ann") + cell("Rome"))
    assert pages_of(tmp_path / "a.docx", body)[0].text == "Name | Town\nName: Ann | Town: Rome"


def test_rows_stand_on_their_pages_with_the_heads_of_the_table(tmp_path: Path) -> None:
    rows = [cell("City") + cell("Sales"), cell("Rome") + cell("3")]
    rows.append(f"<w:tc>{BREAK.format('Oslo')}</w:tc>" + cell("4"))
    pages = pages_of(tmp_path / "a.docx", table(*rows) + paragraph("After"))
    assert [(page.label, page.text) for page in pages] == [
        ("1", "City | Sales\nCity: Rome | Sales: 3"),
        ("2", "City: Oslo | Sales: 4\n\nAfter"),
    ]
    assert [page.structure.tables[0].continues for page in pages] == [False, True]


def test_a_layout_with_headings_is_no_table(tmp_path: Path) -> None:
    inner = table(cell("a") + cell("b"), cell("c") + cell("d"))
    body = table(cell("Left") + f"<w:tc>{paragraph('Right')}{inner}</w:tc>")
    assert pages_of(tmp_path / "a.docx", body)[0].text == "Left\n\nRight\n\na | b\nc | d"


def test_a_caption_before_a_table_is_its_own(tmp_path: Path) -> None:
    body = paragraph("Table 1: Cities (in thousands)") + table(cell("City") + cell("Sales"), cell("Rome") + cell("3"))
    (found,) = pages_of(tmp_path / "a.docx", body)[0].structure.tables
    assert (found.caption, found.unit) == ("Table 1: Cities (in thousands)", "in thousands")
