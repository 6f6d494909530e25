"""Images are recognised frame by frame; what is damaged, repeated or without text is said."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.readers import image
from ingest.readers.recognition import onnx_models
from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from rag.types import Page
from tests.support.documents.pdfs import HEIGHT, WIDTH, overlap, shown
from tests.support.documents.scans import LINES, needs_recognition, picture


def read(path: Path) -> list[Page]:
    return list(image.ImageReader().read(path))


@pytest.fixture
def scan(tmp_path: Path) -> Image.Image:
    return picture(tmp_path)


@needs_recognition
def test_an_image_is_a_page_whose_words_have_boxes(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "scan.png"
    scan.save(path)
    (page,) = read(path)
    assert (page.state, page.label, page.total) == ("ocr", "", 1)
    assert page.note.startswith("recognised, confidence 0.9") or page.note == "recognised, confidence 1.00"
    assert page.text.split() == " ".join(line.text for line in LINES).split()
    at = page.text.index("due in")
    (box,) = image.boxes(path, 1, at, at + len("due in"))
    begin = LINES[1].text.index("due in")
    assert overlap(box, shown(LINES[1].box(begin, begin + len("due in")), 0, (0, 0, WIDTH, HEIGHT))) > 0.4


@needs_recognition
def test_a_photo_held_sideways_has_its_boxes_where_it_is_shown(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me clockwise"
    scan.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    (page,) = read(path)
    at = page.text.index("Payment")
    (box,) = image.boxes(path, 1, at, at + len(LINES[1].text))
    assert overlap(box, shown(LINES[1].box(), 0, (0, 0, WIDTH, HEIGHT))) > 0.4
    shown_image = Image.open(io.BytesIO(image.render(path, 1, 1)))
    assert shown_image.height > shown_image.width


@pytest.mark.slow
@needs_recognition
def test_frames_are_pages_and_a_frame_that_repeats_another_is_said(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "three.tiff"
    scan.save(path, save_all=True, append_images=[scan, Image.new("RGB", scan.size, "white")])
    first, second, third = read(path)
    assert (first.label, first.state, first.total) == ("image 1", "ocr", 3)
    assert (second.state, second.note) == ("empty", "it is the same as an image before it")
    assert (third.state, third.note.split(" (")[0]) == ("empty", "no text was recognised in it")
    assert image.count_pages(path) == 3
    with pytest.raises(DocumentError, match="no image 4"):
        image.render(path, 4, 1)


@pytest.mark.slow
@needs_recognition
def test_of_a_cut_off_image_the_part_that_is_there_is_read(tmp_path: Path, scan: Image.Image) -> None:
    whole = io.BytesIO()
    scan.save(whole, "JPEG")
    path = tmp_path / "cut.jpg"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) * 3 // 4])
    (page,) = read(path)
    assert "48213" in page.text
    assert page.note.startswith("the image is cut off: only the part that is there was read; recognised")


@needs_recognition
def test_an_image_without_text_or_damaged_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (200, 200), "white").save(tmp_path / "white.png")
    with pytest.raises(DocumentError, match=r"no text was recognised in the image \(only Latin"):
        read(tmp_path / "white.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    with pytest.raises(DocumentError, match="damaged"):
        read(tmp_path / "broken.png")


def test_a_huge_image_is_reduced_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "_MAX_READ_PIXELS", 10_000)
    Image.fromarray(np.zeros((400, 900), np.uint8)).save(tmp_path / "large.png")
    frame, note = image._frame(tmp_path / "large.png", 1)
    assert note == ""
    assert frame.width * frame.height <= 10_200
    assert frame.width > frame.height
    monkeypatch.setattr(image, "_MAX_BYTES", 100_000)
    with pytest.raises(DocumentError, match="900 × 400 pixels, too many"):
        read(tmp_path / "large.png")


def test_without_the_recogniser_an_image_is_refused_with_what_to_do(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_models, "is_available", lambda: False)
    scan.save(tmp_path / "scan.png")
    with pytest.raises(DocumentError, match=r"run pip install --editable \. again"):
        list(reader_for(tmp_path / "scan.png", "scan.png").read(tmp_path / "scan.png"))
