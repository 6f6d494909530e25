"""Text in images is recognised and marked where the extra is installed, and reported as no text where it is not."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from ingest.readers import ocr
from ingest.readers.pdf.page_view import boxes, render
from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from rag.types import Page
from tests.support.pdfs import HEIGHT, WIDTH, Words, overlap, shown, write_words

LINES = [Words(60, 700, "The invoice number is 48213.", 18), Words(60, 660, "Payment is due in thirty days.", 18)]

with_ocr = pytest.mark.skipif(not ocr.is_available(), reason="the extra ocr is not installed")


def read(path: Path) -> list[Page]:
    return list(reader_for(path, path.name).read(path))


@pytest.fixture
def scan(tmp_path: Path) -> Image.Image:
    """A picture of a page."""
    path = write_words(tmp_path / "printed.pdf", [LINES])
    return Image.open(io.BytesIO(render(path, 1, 2)))


@with_ocr
def test_a_scanned_page_is_recognised_and_has_boxes(tmp_path: Path, scan: Image.Image) -> None:
    scan.save(tmp_path / "scan.pdf", resolution=144)
    (page,) = read(tmp_path / "scan.pdf")
    assert (page.state, page.note) == ("ocr", "its text was recognised in its image")
    assert page.text.split() == " ".join(line.text for line in LINES).split()
    at = page.text.index("Payment")
    (box,) = boxes(tmp_path / "scan.pdf", 1, at, at + len("Payment is due"))
    assert overlap(box, shown(LINES[1].box(0, len("Payment is due")), 0, (0, 0, WIDTH, HEIGHT))) > 0.5


@with_ocr
def test_a_page_that_lies_on_its_side_is_recognised_too(tmp_path: Path, scan: Image.Image) -> None:
    scan.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "side.png")
    (page,) = read(tmp_path / "side.png")
    assert page.state == "ocr"
    assert "invoice number is 48213" in page.text


def test_without_the_extra_a_scan_is_said_to_have_no_text(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    scan.save(tmp_path / "scan.pdf")
    with pytest.raises(
        DocumentError,
        match=r"its only page has no text \(scanned\?\); to recognise text .* '\.\[ocr\]'",
    ):
        read(tmp_path / "scan.pdf")


def test_a_picture_in_which_nothing_is_recognised_is_said_to_have_no_text(tmp_path: Path) -> None:
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste("navy", (50, 50, 200, 200))
    picture.save(tmp_path / "square.pdf")
    with pytest.raises(DocumentError, match="its only page has no text, and none was recognised in a picture of it"):
        read(tmp_path / "square.pdf")


def test_a_failed_recognition_fails_only_its_page(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(ocr, "_engine", fail)
    monkeypatch.setattr(ocr, "is_available", lambda: True)
    scan.save(tmp_path / "scan.pdf")
    both = PdfWriter()
    both.append(tmp_path / "printed.pdf")
    both.append(tmp_path / "scan.pdf")
    both.write(tmp_path / "both.pdf")
    first, second = read(tmp_path / "both.pdf")
    assert (first.state, second.state) == ("ready", "failed")
    with pytest.raises(DocumentError, match="its only page has no text, and the text in the image could not"):
        read(tmp_path / "scan.pdf")
    assert second.note == "the text in the image could not be recognised (RuntimeError)"


def test_blank_pages_are_called_blank(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [LINES, []])
    assert [(page.state, page.note) for page in read(path)] == [("ready", ""), ("empty", "blank")]


@with_ocr
def test_an_image_without_text_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(tmp_path / "white.png")
    with pytest.raises(DocumentError, match="no text was recognised"):
        read(tmp_path / "white.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    with pytest.raises(DocumentError, match="damaged"):
        read(tmp_path / "broken.png")
