"""Boxes stand around the words that a citation quotes, on pages rendered within limits."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.readers.blocks.pages import clean_text, without_invisible
from ingest.readers.pdf.page_view import align, boxes, render, text_lines
from ingest.readers.pdf.pdfium import MAX_PIXELS
from ingest.readers.pdf.reader import PdfReader
from rag.errors import DocumentError
from rag.types import Page
from tests.support.documents.pdfs import (
    HEIGHT,
    WIDTH,
    Words,
    overlap,
    read_pdf,
    shown,
    two_columns,
    write_pdf,
    write_words,
)
from tests.support.paths import SAMPLES


@pytest.mark.parametrize(
    ("rotation", "crop"),
    [(0, (0, 0, WIDTH, HEIGHT)), *((rotation, (40, 90, 560, 800)) for rotation in (0, 90, 180, 270))],
)
def test_boxes_stand_around_the_words(tmp_path: Path, rotation: int, crop: tuple[float, float, float, float]) -> None:
    rows = two_columns()
    path = write_words(tmp_path / "a.pdf", [[words for row in rows for words in row]], rotation=rotation, crop=crop)
    text = read_pdf(path)[0].text
    for words in (rows[0][0], rows[7][1], rows[19][1]):
        at = text.index(words.text)
        (box,) = boxes(path, 1, at + 6, at + 20)
        assert overlap(box, shown(words.box(6, 20), rotation, crop)) >= 0.8


@pytest.mark.parametrize(("rotation", "turns"), [(0, 0), (90, 1), (270, 3)])
def test_each_line_of_the_text_has_its_place_on_the_page_as_shown(tmp_path: Path, rotation: int, turns: int) -> None:
    rows, crop = two_columns(), (40, 90, 560, 800)
    path = write_words(tmp_path / "a.pdf", [[words for row in rows for words in row]], rotation=rotation, crop=crop)
    text = read_pdf(path)[0].text
    lines = {text[line.start : line.end]: line for line in text_lines(path, 1)}
    assert lines.keys() == {words.text for row in rows for words in row}
    for words in (rows[0][0], rows[19][1]):
        line = lines[words.text]
        assert line.turns == turns
        assert overlap(line[3:], shown(words.box(), rotation, crop)) >= 0.8


def test_the_lines_of_a_page_of_ten_thousand_words_are_all_there(tmp_path: Path) -> None:
    rows = [Words(20, 820 - 1.6 * at, " ".join(f"word{20 * at + n}" for n in range(20)), 1) for at in range(500)]
    path = write_words(tmp_path / "a.pdf", [rows])
    lines = text_lines(path, 1)
    assert [line.end - line.start for line in lines] == [len(row.text) for row in rows]


def test_a_joined_word_has_a_box_on_each_of_its_lines(tmp_path: Path) -> None:
    lines = [Words(60, 700, "They came to consid-"), Words(60, 688, "er the matter.")]
    path = write_words(tmp_path / "a.pdf", [lines])
    text = read_pdf(path)[0].text
    at = text.index("consider")
    first, second = boxes(path, 1, at, at + len("consider"))
    whole = (0, 0, WIDTH, HEIGHT)
    assert overlap(first, shown(lines[0].box(13, 19), 0, whole)) >= 0.8
    assert overlap(second, shown(lines[1].box(0, 2), 0, whole)) >= 0.8


def test_invisible_characters_and_dropped_heads_do_not_shift_boxes(tmp_path: Path) -> None:
    pages = [
        [Words(60, 810, "Running head"), Words(60, 700, f"so\xadft hyp\xadhens \xa0 here {at}"), Words(60, 688, "Aim!")]
        for at in range(9)
    ]
    path = write_words(tmp_path / "a.pdf", pages)
    text = read_pdf(path)[4].text
    (box,) = boxes(path, 5, text.index("Aim!"), text.index("Aim!") + 4)
    assert overlap(box, shown(pages[4][2].box(), 0, (0, 0, WIDTH, HEIGHT))) >= 0.8


def test_every_word_of_a_real_page_has_its_box_where_it_is_drawn() -> None:
    path = SAMPLES / "debian-faq.pdf"
    page = list(without_invisible(PdfReader().read(path))[0])[10]
    for word in ("Deb’-ee-en", "cooperate", "communicate"):
        at = page.text.index(word)
        found = boxes(path, 11, at, at + len(word))
        image = Image.open(io.BytesIO(render(path, 11, 2))).convert("L")
        for left, top, right, bottom in found:
            wide, high = image.size
            area = image.crop((round(left * wide), round(top * high), round(right * wide), round(bottom * high)))
            assert min(area.tobytes()) < 100, word
            assert 0.005 < right - left < 0.2


@given(st.text(alphabet="ab \n\t\r\x00\x85\u2028\u200b\u00ad\ufeff\xa0é", max_size=60))
@settings(max_examples=200)
def test_cleaned_characters_are_found_again(text: str) -> None:
    stored = without_invisible([Page(number=1, label="", text=clean_text(text))])[0][0].text
    found = align(text, stored)
    assert len(found) == len(stored)
    assert found == sorted(set(found))
    assert all(text[at] == character or character == "\n" for at, character in zip(found, stored, strict=True))


def test_a_page_is_rendered_at_its_scale_and_never_absurdly_large(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    assert Image.open(io.BytesIO(render(path, 1, 2))).size == (2 * WIDTH, 2 * HEIGHT)
    image = Image.open(io.BytesIO(render(path, 1, 10_000)))
    assert image.width * image.height <= MAX_PIXELS * 1.01
    with pytest.raises(DocumentError, match="no page 2"):
        render(path, 2, 1)
    locked = write_pdf(tmp_path / "b.pdf", ["Secret"], password="pw")
    assert boxes(locked, 1, 0, 6, "pw")
    with pytest.raises(DocumentError, match="--password"):
        render(locked, 1, 1)
