"""Pages are read whichever way up and however crooked they lie, with the words' places in the image as it was."""

from pathlib import Path

import pytest
from PIL import Image

from ingest.readers.pdf.scanned import ScanText
from ingest.readers.recognition import onnx_models, recogniser
from ingest.readers.recognition.recognised_page import Frame, Recognised
from ingest.readers.recognition.recogniser import confidence_note, page_scale, recognise
from rag.errors import DocumentError
from tests.ingest.readers.recognition.test_recognised_page import piece
from tests.support.documents.pdfs import HEIGHT, WIDTH, overlap, shown
from tests.support.documents.scans import LINES, needs_recognition, picture

WHOLE = (0, 0, WIDTH, HEIGHT)


@needs_recognition
@pytest.mark.parametrize(
    "turns", [pytest.param(0, marks=pytest.mark.slow), 1, 2, pytest.param(3, marks=pytest.mark.slow)]
)
def test_a_page_is_read_whichever_way_up_it_is(tmp_path: Path, turns: int) -> None:
    found = recognise(picture(tmp_path).rotate(-90 * turns, expand=True))
    text = ScanText(found).text
    assert text.split() == " ".join(line.text for line in LINES).split()
    at = text.index("Payment")
    (box,) = ScanText(found).boxes(at, at + len(LINES[1].text))
    assert overlap(box, shown(LINES[1].box(), 90 * turns, WHOLE)) > 0.4


@needs_recognition
def test_a_crooked_page_is_read_in_order(tmp_path: Path) -> None:
    lines = [LINES[0].__class__(60, 700 - 40 * at, f"Line {at} of the crooked page.", 18) for at in range(4)]
    crooked = picture(tmp_path, lines).convert("RGB").rotate(-6, Image.Resampling.BICUBIC, True, fillcolor="white")
    assert ScanText(recognise(crooked)).text.split() == " ".join(line.text for line in lines).split()


def test_a_failed_recognition_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_model: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(onnx_models, "session", fail)
    with pytest.raises(DocumentError, match=r"could not be recognised \(RuntimeError\)"):
        recognise(Image.new("RGB", (100, 100)))


def test_what_people_are_told_says_how_sure_it_is() -> None:
    frame = Frame(9, 9)
    assert confidence_note(Recognised((piece("sure", 0, 0, 0.93),), frame)) == "recognised, confidence 0.93"
    unsure = Recognised((piece("unsure", 0, 0, 0.6),), frame, unread=2)
    assert confidence_note(unsure) == (
        "recognised, but unsure: confidence 0.60 (only Latin, Chinese and Japanese script is read); "
        "2 lines could not be made out"
    )


def test_small_pages_are_enlarged_within_bounds() -> None:
    assert page_scale(WIDTH, HEIGHT) == recogniser._SCALE
    assert page_scale(300, 400) > 5
    assert page_scale(4, 4) == recogniser._MAX_SCALE
