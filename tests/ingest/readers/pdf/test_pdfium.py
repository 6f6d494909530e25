"""Pages are opened and rendered within limits."""

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, FloatObject, NameObject

from ingest.readers.pdf import pdfium
from ingest.readers.pdf.page_view import boxes, render
from tests.support.documents.pdfs import Words, overlap, write_pdf, write_words
from tests.support.documents.sample_documents import read_pages


def test_a_page_of_too_many_characters_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium, "MAX_PAGE_CHARACTERS", 10)
    (page,) = read_pages(write_pdf(tmp_path / "a.pdf", ["0123456789 and more"]))
    assert page.text == "0123456789"
    assert "only its first" in page.note


def test_a_page_of_absurd_size_is_read_and_shown_within_limits(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0][NameObject("/MediaBox")] = ArrayObject([FloatObject(edge) for edge in (0, 0, 900_000, 900_000)])
    writer.write(path)
    assert read_pages(path)[0].text == "Hello"
    image = Image.open(io.BytesIO(render(path, 1, 4)))
    assert image.width * image.height <= pdfium.MAX_PIXELS * 1.01
    assert len(boxes(path, 1, 0, 5)) == 1


def test_boxes_are_those_of_the_characters(tmp_path: Path) -> None:
    words = Words(60, 700, "Hello")
    pdf = pdfium.Pdf(write_words(tmp_path / "a.pdf", [[words]]))
    with pdfium.PDFIUM, pdf.page(0) as page, page.text() as text:
        assert text.text == "Hello"
        for at, box in enumerate(text.boxes(range(5))):
            assert overlap(box, words.box(at, at + 1)) > 0.6
    pdf.close()
