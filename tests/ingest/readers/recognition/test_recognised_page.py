"""Recognised pieces become text with exact places, whichever way the page lies in its image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers.blocks.geometry import Box
from ingest.readers.blocks.pages import clean_text, without_invisible
from ingest.readers.pdf.scanned import ScanText
from ingest.readers.recognition.reading_order import Fragment
from ingest.readers.recognition.recognised_page import Frame, Recognised
from rag.types import Page


def piece(text: str, left: float, top: float, score: float = 1.0) -> Fragment:
    edges = tuple(left + 6.0 * at for at in range(len(text) + 1))
    return Fragment(text, score, Box(left, -top - 11, edges[-1], -top), edges)


def test_rows_paragraphs_and_divided_words_are_as_in_any_page() -> None:
    page = Recognised(
        (
            piece("Total", 0, 0),
            piece("12.00", 90, 0),
            piece("It is con-", 0, 14),
            piece("sidered.", 0, 28),
            piece("End", 0, 70),
        ),
        Frame(600, 800),
    )
    assert ScanText(page).text == "Total 12.00\nIt is considered.\n\nEnd"


def test_a_word_has_a_box_on_each_of_its_lines() -> None:
    page = Recognised((piece("It is con-", 0, 0), piece("sidered.", 0, 14)), Frame(600, 800))
    text = ScanText(page).text
    first, second = ScanText(page).boxes(text.index("considered"), text.index("considered") + len("considered"))
    assert first == pytest.approx((36 / 600, 0, 54 / 600, 11 / 800))
    assert second == pytest.approx((0, 14 / 800, 42 / 600, 25 / 800))


def test_confidence_is_that_of_the_characters() -> None:
    assert Recognised((piece("aaa", 0, 0, 1.0), piece("b", 0, 14, 0.6)), Frame(9, 9)).confidence == pytest.approx(0.9)
    assert Recognised((), Frame(9, 9)).confidence == 0.0
    assert ScanText(Recognised((), Frame(9, 9))).text == ""


@given(st.integers(0, 3), st.floats(-20, 20), st.floats(0.2, 3))
@settings(max_examples=60)
def test_a_box_is_found_again_in_the_image_however_it_lies(turns: int, angle: float, scale: float) -> None:
    frame = Frame(600, 800, turns, angle, scale)
    pixels = np.array([[300.0, 390.0], [330.0, 420.0]])
    points = frame.to_page(pixels)
    left, top, right, bottom = frame.fractions(Box(*points.min(0), *points.max(0)))
    middle_x, middle_y = 315 / 600, 405 / 800
    for _ in range(turns):  # the page was turned clockwise so often: turn the point back
        middle_x, middle_y = middle_y, 1 - middle_x
    assert left <= middle_x <= right
    assert top <= middle_y <= bottom
    assert right - left < 0.2


@given(st.lists(st.text("ab c-é", min_size=1, max_size=12).map(str.strip).filter(bool), min_size=1, max_size=8))
@settings(max_examples=60)
def test_the_text_needs_no_cleaning_so_that_offsets_stay(texts: list[str]) -> None:
    page = Recognised(tuple(piece(text, 0, 14 * at) for at, text in enumerate(texts)), Frame(600, 800))
    text = ScanText(page).text
    assert clean_text(text) == text
    assert without_invisible([Page(number=1, label="", text=text)])[0][0].text == text
    assert len(ScanText(page).boxes(0, len(text))) == len(texts)
