"""Scanned pages of a PDF are recognised; so are those whose own text is nonsense or only a stamp; good text is kept."""

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader as PypdfReader
from pypdf import PdfWriter

from ingest.readers.pdf import scanned
from ingest.readers.pdf.page_view import boxes
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.recognition import onnx_models
from rag.errors import DocumentError
from rag.types import Page
from tests.support.documents.pdfs import HEIGHT, WIDTH, Words, overlap, shown, write_words
from tests.support.documents.scans import LINES, needs_recognition, picture

WHOLE = (0, 0, WIDTH, HEIGHT)


def read(path: Path) -> list[Page]:
    return list(PdfReader().read(path))


@pytest.fixture
def scan(tmp_path: Path) -> Image.Image:
    return picture(tmp_path)


def with_text(folder: Path, scan: Image.Image, lines: list[Words]) -> Path:
    """Write a scan with text over it."""
    scan.save(folder / "plain.pdf", resolution=144)
    over = write_words(folder / "over.pdf", [lines])
    writer = PdfWriter()
    writer.append(folder / "plain.pdf")
    writer.pages[0].merge_page(PypdfReader(over).pages[0])
    writer.write(folder / "both.pdf")
    return folder / "both.pdf"


@needs_recognition
@pytest.mark.parametrize(
    "rotation", [0, 90, pytest.param(180, marks=pytest.mark.slow), pytest.param(270, marks=pytest.mark.slow)]
)
def test_a_scanned_page_is_recognised_and_its_words_are_framed(
    tmp_path: Path, scan: Image.Image, rotation: int
) -> None:
    scan.save(tmp_path / "scan.pdf", resolution=144)
    writer = PdfWriter()
    writer.append(tmp_path / "scan.pdf")
    writer.pages[0].rotate(rotation)
    writer.write(tmp_path / "turned.pdf")
    (page,) = read(tmp_path / "turned.pdf")
    assert page.state == "ocr"
    assert page.note.startswith("recognised, confidence")
    assert page.text.split() == " ".join(line.text for line in LINES).split()
    at = page.text.index("Payment")
    (box,) = boxes(tmp_path / "turned.pdf", 1, at, at + len(LINES[1].text), recognised=True)
    assert overlap(box, shown(LINES[1].box(), rotation, WHOLE)) > 0.4


@needs_recognition
def test_a_stamp_over_a_scan_does_not_hide_it(tmp_path: Path, scan: Image.Image) -> None:
    (page,) = read(with_text(tmp_path, scan, [Words(300, 800, "COPY 17", 9)]))
    assert page.state == "ocr"
    assert "48213" in page.text
    assert page.note.startswith("the file's own text for this page is unusable: recognised")


@needs_recognition
def test_nonsense_over_a_scan_is_recognised_again(tmp_path: Path, scan: Image.Image) -> None:
    nonsense = [Words(60, 300 - 12 * at, "7KH LQYRLFH QXPEHU LV 3D\\PHQW WK|UW\\ ~ G@\\V", 1) for at in range(8)]
    (page,) = read(with_text(tmp_path, scan, nonsense))
    assert page.state == "ocr"
    assert "invoice number is 48213" in page.text


@needs_recognition
def test_the_text_of_a_scanner_that_read_well_is_kept(tmp_path: Path, scan: Image.Image) -> None:
    own = [
        Words(60, 300 - 12 * at, "The invoice was paid in the month of May, and the case is closed.", 1)
        for at in range(5)
    ]
    (page,) = read(with_text(tmp_path, scan, own))
    assert page.state == "ready"
    assert "case is closed" in page.text


@needs_recognition
def test_a_picture_in_which_nothing_is_recognised_is_said_to_have_no_text(tmp_path: Path) -> None:
    square = Image.new("RGB", (400, 300), "white")
    square.paste("navy", (50, 50, 200, 200))
    square.save(tmp_path / "square.pdf")
    with pytest.raises(DocumentError, match="its only page has no text, and no text was recognised in its image"):
        read(tmp_path / "square.pdf")


def test_a_failed_recognition_fails_only_its_page(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_image: Image.Image) -> None:
        raise DocumentError("the text in the image could not be recognised (RuntimeError)")

    monkeypatch.setattr(scanned, "recognise", fail)
    monkeypatch.setattr(onnx_models, "is_available", lambda: True)
    scan.save(tmp_path / "scan.pdf")
    both = PdfWriter()
    both.append(tmp_path / "printed.pdf")
    both.append(tmp_path / "scan.pdf")
    both.write(tmp_path / "both.pdf")
    first, second = read(tmp_path / "both.pdf")
    assert (first.state, second.state) == ("ready", "failed")
    assert second.note == "the text in the image could not be recognised (RuntimeError)"
    with pytest.raises(DocumentError, match="its only page has no text, and the text in the image could not"):
        read(tmp_path / "scan.pdf")


def test_without_the_recogniser_a_scan_is_said_to_have_no_text(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_models, "is_available", lambda: False)
    scan.save(tmp_path / "scan.pdf")
    with pytest.raises(DocumentError, match=r"no text \(scanned\?\); to recognise text .* pip install --editable"):
        read(tmp_path / "scan.pdf")


def test_blank_pages_are_called_blank(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [LINES, []])
    assert [(page.state, page.note) for page in read(path)] == [("ready", ""), ("empty", "blank")]
