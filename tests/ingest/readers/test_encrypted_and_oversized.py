"""Encrypted, oversized and hostile files: opened with their password, cut with a note, or refused with a reason."""

import io
import socket
from pathlib import Path

import openpyxl
import pypdf
import pypdfium2.raw
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject

from ingest.readers import ocr
from ingest.readers.office import xlsx
from ingest.readers.pdf import pdfium, reader
from ingest.readers.pdf.page_view import boxes, render
from ingest.readers.registry import reader_for
from rag.errors import DocumentError, LockedError
from rag.types import Page
from tests.support.pdfs import Words, write_pdf, write_words
from tests.support.sample_documents import paragraph, write_docx


def read(path: Path, password: str | None = None) -> list[Page]:
    return list(reader_for(path, path.name).read(path, password))


@pytest.fixture
def locked_workbook(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.append(["kept secret"])
    clear = io.BytesIO()
    workbook.save(clear)
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as out:
        OOXMLFile(clear).encrypt("pw", out)
    return path


def test_an_encrypted_office_file_opens_with_its_password_and_leaves_nothing(
    locked_workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert "kept secret" in read(locked_workbook, "pw")[0].text
    assert list(scratch.iterdir()) == []
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read(locked_workbook)
    with pytest.raises(LockedError, match="the password given does not open it"):
        read(locked_workbook, "other")


def test_a_pdf_of_too_many_pages_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 3)
    pages = read(write_pdf(tmp_path / "a.pdf", [f"Page {number}" for number in range(5)]))
    assert len(pages) == 3
    assert pages[-1].note == "the PDF has 5 pages, and only the first 3 are read"


def test_a_page_of_too_many_characters_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium, "MAX_PAGE_CHARACTERS", 10)
    (page,) = read(write_pdf(tmp_path / "a.pdf", ["0123456789 and more"]))
    assert page.text == "0123456789"
    assert "only its first" in page.note


def test_a_page_of_absurd_size_is_read_and_shown_within_limits(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0][NameObject("/MediaBox")] = ArrayObject([FloatObject(edge) for edge in (0, 0, 900_000, 900_000)])
    writer.write(path)
    assert read(path)[0].text == "Hello"
    image = Image.open(io.BytesIO(render(path, 1, 4)))
    assert image.width * image.height <= pdfium.MAX_PIXELS * 1.01
    assert len(boxes(path, 1, 0, 5)) == 1


def test_embedded_files_are_counted_and_not_opened(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_attachment("evil.exe", b"MZ")
    writer.write(path)
    assert read(path)[0].note == "1 embedded file is not read"


def test_a_page_tree_that_goes_in_circles_ends(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    tree = writer._root_object["/Pages"]
    assert isinstance(tree, DictionaryObject)
    kids = tree["/Kids"]
    assert isinstance(kids, ArrayObject)
    tree[NameObject("/Kids")] = ArrayObject([kids[0], writer._root_object.raw_get("/Pages")])
    tree[NameObject("/Count")] = NumberObject(1_000_000)
    writer.write(path)
    try:
        pages = read(path)
    except DocumentError:
        return
    assert pages[0].text == "Hello"
    assert len(pages) <= pdfium.MAX_PAGES


def test_a_sheet_of_too_many_rows_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 5)
    workbook = openpyxl.Workbook()
    for at in range(9):
        workbook.active.append([f"row {at}"])
    workbook.save(tmp_path / "a.xlsx")
    (page,) = read(tmp_path / "a.xlsx")
    assert "row 4" in page.text
    assert "row 5" not in page.text
    assert page.note == "only the first 5 rows of the sheet are read"


def test_nothing_is_fetched_whatever_a_document_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    link = "http://example.invalid/x"
    (tmp_path / "a.html").write_text(
        f"<!DOCTYPE html SYSTEM '{link}.dtd'><link rel=stylesheet href='{link}.css'><img src='{link}.png'><p>text</p>"
        f"<iframe src='{link}'></iframe><script src='{link}.js'></script>"
    )
    (tmp_path / "a.xml").write_text(f"<!DOCTYPE a SYSTEM '{link}.dtd' [<!ENTITY b SYSTEM '{link}'>]><a>text &b;</a>")
    write_docx(tmp_path / "a.docx", paragraph("text") + f'<w:p><w:hyperlink w:anchor="{link}"/></w:p>')
    for name in ("a.html", "a.xml", "a.docx"):
        assert "text" in read(tmp_path / name)[0].text


def test_a_damaged_page_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = pypdfium2.raw.FPDF_LoadPage
    monkeypatch.setattr(
        pypdfium2.raw, "FPDF_LoadPage", lambda document, index: None if index == 1 else load(document, index)
    )
    pages = read(write_words(tmp_path / "a.pdf", [[Words(60, 700, f"Page {number}")] for number in range(3)]))
    assert [(page.state, page.note) for page in pages] == [
        ("ready", ""),
        ("failed", "the page is damaged"),
        ("ready", ""),
    ]


def test_a_file_without_any_text_says_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    Image.effect_noise((300, 300), 90).save(tmp_path / "noise.pdf")
    with pytest.raises(DocumentError, match=r"pip install --editable '\.\[ocr\]'"):
        read(tmp_path / "noise.pdf")
