"""Lines are found where they are printed, at the angle at which the page lies, and in large images by tiles."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingest.readers.recognition import text_detection
from ingest.readers.recognition.text_detection import Points, find_lines, turned
from tests.support.documents.pdfs import HEIGHT
from tests.support.documents.scans import LINES, needs_recognition, picture


@needs_recognition
def test_each_line_is_found_where_it_is_printed(tmp_path: Path) -> None:
    found = find_lines(picture(tmp_path))
    assert found.angle == 0
    tops = sorted(corners[0, 1] / 2 for corners in found.corners)
    assert len(tops) == len(LINES)
    for top, line in zip(tops, LINES, strict=True):
        _, _, _, ascender = line.box()
        assert abs(top - (HEIGHT - ascender)) < 8


@needs_recognition
def test_a_few_words_alone_on_a_page_are_found(tmp_path: Path) -> None:
    line = LINES[0].__class__(72, 720, "Good words.", 12)
    ((top_left, _, bottom_right, _),) = find_lines(picture(tmp_path, [line], 2.5)).corners
    assert top_left[0] / 2.5 < 72 + 5
    assert bottom_right[0] / 2.5 > 72 + 11 * 7.2 - 5


@pytest.mark.slow
@needs_recognition
def test_a_crooked_page_has_the_angle_at_which_it_lies(tmp_path: Path) -> None:
    lines = [line for at in range(3) for line in [LINES[0].__class__(60, 700 - 50 * at, LINES[0].text, 18)]]
    crooked = picture(tmp_path, lines).convert("RGB").rotate(-5, Image.Resampling.BICUBIC, fillcolor="white")
    assert find_lines(crooked).angle == pytest.approx(5, abs=0.6)


@pytest.mark.slow
@needs_recognition
def test_tiles_find_what_the_whole_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = picture(tmp_path).convert("RGB")
    whole = find_lines(image)
    monkeypatch.setattr(text_detection, "_TILE", 640)
    tiled = find_lines(image)
    assert len(tiled.corners) == len(whole.corners)
    assert np.abs(np.sort(tiled.corners, 0) - np.sort(whole.corners, 0)).max() < 20


def outline(left: float, top: float, width: float, height: float = 9) -> Points:
    return np.array([[left, top], [left + width, top], [left, top + height], [left + width, top + height]], float)


def test_cells_of_a_table_show_its_angle_together_and_lines_of_prose_each_their_own() -> None:
    cells = [turned(outline(90.0 * column, 40.0 * row, 60), 1.0) for row in range(8) for column in range(8)]
    assert text_detection._levelling_angle(cells, 0.5) == pytest.approx(1.0, abs=0.15)
    prose = [turned(outline(330.0 * side, 13.0 * row + 5 * side, 300), 1.0) for row in range(30) for side in range(2)]
    assert text_detection._levelling_angle(prose, 1.0) == 1.0


@given(st.integers(32, 9000))
def test_tiles_cover_the_whole_length(length: int) -> None:
    tiles = list(text_detection._tiles(length))
    assert tiles[0][0] == 0
    assert tiles[-1][1] == length
    assert all(end - start <= text_detection._TILE for start, end in tiles)
    assert all(after[0] < before[1] for before, after in pairwise(tiles))
