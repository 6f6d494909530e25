"""A line is read with the places of its characters, upright or askew."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ingest.readers.blocks.pages import clean_text
from ingest.readers.recognition import transcription
from ingest.readers.recognition.transcription import alphabet, transcribe
from rag.text.sanitize import strip_invisible
from tests.support.documents.scans import needs_recognition


def printed(text: str) -> tuple[Image.Image, float]:
    image = Image.new("RGB", (700, 60), "white")
    font = ImageFont.load_default(32)
    ImageDraw.Draw(image).text((10, 10), text, "black", font)
    return image, font.getlength(text)


@needs_recognition
def test_characters_stand_where_they_are_printed() -> None:
    image, length = printed("Payment is due in 30 days")
    line = transcribe(image, np.array([[0, 0], [700, 0], [700, 60], [0, 60]], float))
    assert line.text == "Payment is due in 30 days"
    assert line.score > 0.9
    assert len(line.edges) == len(line.text) + 1
    assert list(line.edges) == sorted(line.edges)
    assert line.edges[0] * 700 == pytest.approx(10, abs=14)
    assert line.edges[-1] * 700 == pytest.approx(10 + length, abs=14)


@needs_recognition
def test_a_line_that_stands_on_its_head_is_read_from_its_own_first_corner() -> None:
    image, _ = printed("Payment is due")
    upside_down = image.transpose(Image.Transpose.ROTATE_180)
    corners = np.array([[700, 60], [0, 60], [0, 0], [700, 0]], float)
    assert transcribe(upside_down, corners).text == "Payment is due"


@needs_recognition
def test_the_transcriber_knows_latin_and_chinese_and_writes_nothing_invisible() -> None:
    assert {"a", "Z", "é", "ß", "中", "の", " "} <= set(alphabet())
    assert alphabet()[0] == ""
    assert all(character == " " or clean_text(strip_invisible(character)[0]) == character for character in alphabet())


def test_repeated_steps_are_one_character_and_none_divides_two() -> None:
    best = [0, 1, 1, 0, 1, 3, 2, 3]
    line = transcription._decode(np.eye(4, dtype=np.float32)[best], ("", "a", "b", " "))
    assert line.text == "aa b"
    assert line.score == 1.0
    assert len(line.edges) == 5


def test_nothing_read_is_an_empty_line() -> None:
    assert transcription._decode(np.eye(2, dtype=np.float32)[[0, 0]], ("", "a")) == ("", 0.0, (0.0,))
    assert transcription._decode(np.eye(2, dtype=np.float32)[[0, 1]], ("", " ")) == ("", 0.0, (0.0,))
