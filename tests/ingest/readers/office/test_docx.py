"""Word documents have pages or sections, tables, notes and comments, and no deleted text."""

from pathlib import Path

from tests.support.sample_documents import (
    paragraph,
    read_pages,
    word_table,
    write_docx,
)

STYLES = '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'


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
