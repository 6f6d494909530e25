"""Office files, books and OpenDocument: natural units with labels, rows with their heads, nothing that was deleted."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from rag.types import Page
from tests.support.sample_documents import (
    paragraph,
    relations,
    word_table,
    write_docx,
    write_epub,
    write_odf,
    write_pptx,
    write_zip,
)

STYLES = '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'


def read(path: Path) -> list[Page]:
    return list(reader_for(path, path.name).read(path))


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
    (page,) = read(path)
    assert page.label == ""
    assert page.text == (
        "# Fees\n\nPaid in May.\n\n[footnote 2] By cheque.\n\n"
        "Item | Kind | Price\nItem: Pen | Kind: blue | Price: 2\n\nComment by Ann: Check this."
    )


def test_word_pages_are_those_that_word_marked(tmp_path: Path) -> None:
    mark = "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Second page</w:t></w:r></w:p>"
    pages = read(write_docx(tmp_path / "a.docx", paragraph("First page") + mark + paragraph("still second")))
    assert [(page.label, page.text) for page in pages] == [("1", "First page"), ("2", "Second page\n\nstill second")]


def test_a_long_word_document_is_divided_by_its_headings(tmp_path: Path) -> None:
    body = "".join(paragraph(f"Part {at}", "H1") + paragraph("word " * 3000) for at in range(3))
    pages = read(write_docx(tmp_path / "a.docx", body, styles=STYLES))
    assert [page.label for page in pages] == ["section “Part 0”", "section “Part 1”", "section “Part 2”"]
    assert all(page.text.startswith(f"# Part {at}") for at, page in enumerate(pages))


def test_slides_come_in_the_order_they_are_shown_title_first(tmp_path: Path) -> None:
    slides = [[("body", "one"), ("title", "First")], [("", "")], [("title", "Third"), ("sldNum", "3")]]
    pages = read(write_pptx(tmp_path / "a.pptx", slides))
    assert [(page.label, page.text, page.state) for page in pages] == [
        ("slide 1", "# First\n\none", "ready"),
        ("slide 2", "", "empty"),
        ("slide 3", "# Third", "ready"),
    ]


def test_rows_of_a_sheet_keep_their_column_heads(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Q1"
    for row in (["Sales by city"], ["City", "Year", "Sales"], ["Rome", 2024, 1.5], ["Oslo", 2025, None]):
        sheet.append(row)
    workbook.create_sheet("Empty")
    workbook.save(tmp_path / "a.xlsx")
    first, second = read(tmp_path / "a.xlsx")
    assert (first.label, second.label, second.state) == ("sheet “Q1”", "sheet “Empty”", "empty")
    assert first.text.split("\n") == [
        "# Q1",
        "",
        "Sales by city",
        "",
        "City | Year | Sales",
        "City: Rome | Year: 2024 | Sales: 1.5",
        "City: Oslo | Year: 2025",
    ]


def test_every_part_of_a_long_sheet_keeps_its_heads(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Name", "Town", "Amount"])
    for at in range(1500):
        workbook.active.append([f"Person {at}", f"Town {at}", at])
    workbook.save(tmp_path / "a.xlsx")
    pages = read(tmp_path / "a.xlsx")
    assert len(pages) > 2
    assert pages[1].label == "sheet “Sheet”, part 2"
    rows = [line for page in pages for line in page.text.split("\n") if "Person" in line]
    assert rows == [f"Name: Person {at} | Town: Town {at} | Amount: {at}" for at in range(1500)]


def test_open_document_texts_sheets_and_slides(tmp_path: Path) -> None:
    text = '<text:h text:outline-level="2">Head</text:h><text:p>a<text:s text:c="2"/>b</text:p>'
    assert read(write_odf(tmp_path / "a.odt", "text", text))[0].text == "## Head\n\na  b"
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}</table:table-row>"
    sheet = f'<table:table table:name="S">{row.format(1, "x")}{row.format(9999999, "y")}</table:table>'
    (page,) = read(write_odf(tmp_path / "a.ods", "spreadsheet", sheet))
    assert page.label == "sheet “S”"
    assert len(page.text) < 20_000
    box = "<draw:text-box><text:p>T</text:p></draw:text-box>"
    slide = f"<draw:page><draw:frame presentation:class='title'>{box}</draw:frame></draw:page>"
    assert read(write_odf(tmp_path / "a.odp", "presentation", slide * 2))[1].label == "slide 2"


def test_chapters_of_a_book_have_their_titles(tmp_path: Path) -> None:
    pages = read(write_epub(tmp_path / "a.epub", {"whales.xhtml": "<p>Call me.</p>", "ships.xhtml": "<p>Sail.</p>"}))
    assert [(page.label, page.text) for page in pages] == [
        ("chapter “About whales”", "Call me."),
        ("chapter “About ships”", "Sail."),
    ]
    with pytest.raises(DocumentError, match="copy-protected"):
        read(write_epub(tmp_path / "b.epub", {"a.xhtml": "x"}, encrypted="a.xhtml"))


def test_a_file_whose_first_part_is_damaged_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    kind = "application/vnd.oasis.opendocument.text"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
    data = bytearray(path.read_bytes())
    data[30 + len("mimetype")] = 0xFF  # no block of compressed data begins so
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="damaged: it is not what its name says"):
        read(path)


def test_decompression_bombs_are_refused(tmp_path: Path) -> None:
    bomb = write_zip(tmp_path / "a.docx", {"word/document.xml": b"<a>" + b" " * 60_000_000})
    with pytest.raises(DocumentError, match="bomb"):
        read(bomb)
    sheets: dict[str, str | bytes] = {"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": b"\0" * 60_000_000}
    with pytest.raises(DocumentError, match="bomb"):
        read(write_zip(tmp_path / "a.xlsx", sheets))
    with pytest.raises(DocumentError, match="20,001 parts"):
        read(write_zip(tmp_path / "b.docx", {f"word/{at}": "" for at in range(20_001)}))


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("TOP SECRET")
    document = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY y "boom">'
        '<!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]>'
        '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>seen &x; &z;</w:t></w:r></w:p></w:body></w:document>'
    )
    path = write_zip(
        tmp_path / "a.docx",
        {"word/document.xml": document, "_rels/.rels": relations(("r", "officeDocument", "word/document.xml"))},
    )
    assert "SECRET" not in read(path)[0].text
    (tmp_path / "a.xml").write_text(document.replace("w:", ""))
    assert "SECRET" not in read(tmp_path / "a.xml")[0].text


def test_relations_that_lead_out_of_the_file_or_round_in_circles_end(tmp_path: Path) -> None:
    parts = {
        "_rels/.rels": relations(("r", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": '<p xmlns:r="http://x/relationships"><sldId r:id="a"/><sldId r:id="b"/></p>',
        "ppt/_rels/presentation.xml.rels": relations(("a", "slide", "../../../../etc/passwd"), ("b", "slide", "s.xml")),
        "ppt/s.xml": "<s><spTree><sp><txBody><p><t>only slide</t></p></txBody></sp></spTree></s>",
        "ppt/_rels/s.xml.rels": relations(("n", "notesSlide", "s.xml"), ("m", "slide", "presentation.xml")),
    }
    (page,) = read(write_zip(tmp_path / "a.pptx", parts))
    assert page.text.startswith("only slide")
    loop = '<w:p><w:r><w:t>n</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    path = write_docx(tmp_path / "a.docx", loop, footnotes=f'<w:footnote w:id="1">{loop}</w:footnote>')
    assert read(path)[0].text == "n\n\n[footnote 1] n"
