"""PDFs are read page by page, within limits, and every page or file that cannot be read says why."""

from pathlib import Path

import pypdf
import pypdfium2.raw
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from ingest.readers.pdf import pdfium, reader
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.recognition import onnx_models
from rag.errors import DocumentError, LockedError
from tests.support.documents.pdfs import Words, write_pdf, write_words
from tests.support.documents.sample_documents import read_pages
from tests.support.paths import SAMPLES


def test_the_sample_pdf_has_its_pages_printed_labels_and_joined_hyphens() -> None:
    pages = read_pages(SAMPLES / "debian-faq.pdf")
    assert [page.number for page in pages] == list(range(1, 77))
    assert [pages[i].label for i in (0, 10)] == ["i", "3"]
    assert "The project name is pronounced Deb’-ee-en" in pages[10].text
    assert "communicate regularly and cooperate on" in pages[10].text.replace("\n", " ")


def test_pages_without_text_keep_their_numbers(tmp_path: Path) -> None:
    pages = read_pages(write_pdf(tmp_path / "a.pdf", ["First page", "", "Third page"]))
    assert [(page.number, page.text) for page in pages] == [(1, "First page"), (2, ""), (3, "Third page")]
    assert [page.state for page in pages] == ["ready", "empty", "ready"]


def test_unreadable_pdfs_say_why(tmp_path: Path) -> None:
    locked = write_pdf(tmp_path / "locked.pdf", ["Secret"], password="pw")
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read_pages(locked)
    with pytest.raises(LockedError, match="the password given does not open it"):
        list(PdfReader().read(locked, "other"))
    assert [page.text for page in PdfReader().read(locked, "pw")] == ["Secret"]
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is not a pdf")
    with pytest.raises(DocumentError, match="damaged"):
        read_pages(tmp_path / "broken.pdf")
    with pytest.raises(DocumentError, match="none of its 2 pages has text"):
        read_pages(write_pdf(tmp_path / "scan.pdf", ["", ""]))


def test_a_truncated_pdf_is_read_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    whole = (SAMPLES / "debian-faq.pdf").read_bytes()
    for share in (0.2, 0.5, 0.9):
        (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
        try:
            pages = read_pages(tmp_path / "cut.pdf")
        except DocumentError:
            continue
        assert any(page.text for page in pages)


def test_a_pdf_of_too_many_pages_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 3)
    pages = read_pages(write_pdf(tmp_path / "a.pdf", [f"Page {number}" for number in range(5)]))
    assert len(pages) == 3
    assert pages[-1].note == "the PDF has 5 pages, and only the first 3 are read"


def test_embedded_files_are_counted_and_not_opened(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_attachment("evil.exe", b"MZ")
    writer.write(path)
    assert read_pages(path)[0].note == "1 embedded file is not read"


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
        pages = read_pages(path)
    except DocumentError:
        return
    assert pages[0].text == "Hello"
    assert len(pages) <= pdfium.MAX_PAGES


def test_a_damaged_page_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = pypdfium2.raw.FPDF_LoadPage
    monkeypatch.setattr(
        pypdfium2.raw, "FPDF_LoadPage", lambda document, index: None if index == 1 else load(document, index)
    )
    pages = read_pages(write_words(tmp_path / "a.pdf", [[Words(60, 700, f"Page {number}")] for number in range(3)]))
    assert [(page.state, page.note) for page in pages] == [
        ("ready", ""),
        ("failed", "the page is damaged"),
        ("ready", ""),
    ]


def test_a_file_without_any_text_says_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_models, "is_available", lambda: False)
    Image.effect_noise((300, 300), 90).save(tmp_path / "noise.pdf")
    with pytest.raises(DocumentError, match=r"pip install --editable \. again"):
        read_pages(tmp_path / "noise.pdf")
