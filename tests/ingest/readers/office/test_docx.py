"""Word documents have pages or sections, tables, notes and comments, and no deleted text."""

import zipfile
from pathlib import Path

from rag.types import Page
from tests.support.documents.sample_documents import paragraph, read_pages, word_table, write_docx

STYLES = '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
BREAK = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r></w:p>"


def test_a_word_document_has_headings_tables_notes_and_comments(tmp_path: Path) -> None:
    note = '<w:p><w:r><w:t>Paid in May.</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    deleted = "<w:p><w:del><w:r><w:delText>secret</w:delText><w:t>gone</w:t></w:r></w:del></w:p>"
    path = write_docx(
        tmp_path / "a.docx",
        paragraph("Fees", "H1") + note + deleted + word_table(("Item", "Kind", "Price"), ("Pen", "blue", "2")),
        styles=STYLES,
        footnotes=f'<w:footnote w:id="2">{paragraph("By cheque.")}</w:footnote>',
        comments=f'<w:comment w:author="Ann">{paragraph("Check this.")}</w:comment>',
    )
    (page,) = read_pages(path)
    assert page.label == ""
    assert page.text == (
        "# Fees\n\nPaid in May.\n\n[footnote 2] By cheque.\n\n"
        "Item | Kind | Price\nItem: Pen | Kind: blue | Price: 2\n\nComment by Ann: Check this."
    )


def test_word_pages_are_those_that_word_marked(tmp_path: Path) -> None:
    mark = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Second page</w:t></w:r></w:p>"
    pages = read_pages(write_docx(tmp_path / "a.docx", paragraph("First page") + mark + paragraph("still second")))
    assert [(page.label, page.text) for page in pages] == [("1", "First page"), ("2", "Second page\n\nstill second")]


def test_a_long_word_document_is_divided_by_its_headings(tmp_path: Path) -> None:
    body = "".join(paragraph(f"Part {at}", "H1") + paragraph("word " * 3000) for at in range(3))
    pages = read_pages(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert [page.label for page in pages] == ["section “Part 0”", "section “Part 1”", "section “Part 2”"]
    assert all(page.text.startswith(f"# Part {at}") for at, page in enumerate(pages))


def test_headings_are_places_of_the_text_and_lists_have_marks(tmp_path: Path) -> None:
    numbering = (
        "<w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/>"
        "</w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>"
    )
    item = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    body = paragraph("Fees", "H1") + item.format("first") + item.format("second") + paragraph("word " * 60, "H1")
    (page,) = read_pages(write_docx(tmp_path / "a.docx", body, styles=STYLES, numbering=numbering))
    assert page.text.startswith("# Fees\n\n1. first\n2. second\n\nword word")
    assert [(one.title, page.text[one.start : one.end]) for one in page.structure.headings] == [("Fees", "# Fees")]


def test_bold_numbered_lines_are_headings_only_where_no_style_is(tmp_path: Path) -> None:
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>2.1 The fees</w:t></w:r></w:p>"
    (page,) = read_pages(write_docx(tmp_path / "a.docx", bold + paragraph("Text.")))
    assert page.text == "## 2.1 The fees\n\nText."
    (page,) = read_pages(write_docx(tmp_path / "b.docx", paragraph("Fees", "H1") + bold, styles=STYLES))
    assert [one.title for one in page.structure.headings] == ["Fees"]


def test_a_picture_has_its_alternative_text_or_the_caption_below_it(tmp_path: Path) -> None:
    picture = '<w:p><w:r><w:drawing><docPr descr="{}"/><blip/></w:drawing></w:r></w:p>'
    body = picture.format("a map of Rome") + picture.format("") + paragraph("Figure 2: The north")
    (page,) = read_pages(write_docx(tmp_path / "a.docx", body))
    assert page.text == "a map of Rome\n\nFigure 2: The north"
    assert [page.text[one.start : one.end] for one in page.structure.figures] == [
        "a map of Rome",
        "Figure 2: The north",
    ]


def test_formulas_are_written_in_their_line_and_readings_are_left_out(tmp_path: Path) -> None:
    parts = "<m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
    maths = f"<m:oMath xmlns:m='m'><m:sSup>{parts}</m:sSup></m:oMath>"
    reading = "<w:rt><w:r><w:t>ふり</w:t></w:r></w:rt>"
    ruby = f"<w:r><w:ruby>{reading}<w:rubyBase><w:r><w:t>振</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    body = f"<w:p><w:r><w:t>E = m </w:t></w:r>{maths}{ruby}</w:p>"
    assert read_pages(write_docx(tmp_path / "a.docx", body))[0].text == "E = m c^2振"


def test_the_first_page_has_the_metadata(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", paragraph("Text."))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("docProps/core.xml", "<c><title>Fees</title><creator>Ann</creator></c>")
    assert read_pages(path)[0].metadata == {"title": "Fees", "author": "Ann"}


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
