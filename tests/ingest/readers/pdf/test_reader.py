"""PDFs: reading order, divided words, running heads, and boxes around the words that a citation quotes."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.readers.pages import clean_text, without_invisible
from ingest.readers.pdf.page_view import Fractions, align, boxes, render
from ingest.readers.pdf.pdfium import MAX_PIXELS
from ingest.readers.pdf.reader import PdfReader
from rag.errors import DocumentError
from rag.types import Page
from tests.support.paths import SAMPLES
from tests.support.pdfs import HEIGHT, WIDTH, Words, overlap, write_pdf, write_words

LEFT = [f"left column line {number:02} goes on" for number in range(20)]
RIGHT = [f"right hand line {number:02} goes on too" for number in range(20)]


def read(path: Path) -> list[Page]:
    return list(without_invisible(PdfReader().read(path))[0])


def two_columns() -> list[tuple[Words, Words]]:
    return [
        (Words(60, 700 - 14 * at, left, 9), Words(320, 700 - 14 * at, right, 9))
        for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))
    ]


@pytest.mark.parametrize(("rotation", "turned"), [(0, False), (90, False), (270, False), (90, True), (180, True)])
def test_columns_drawn_row_by_row_are_read_column_by_column(tmp_path: Path, rotation: int, turned: bool) -> None:
    rows = [words for pair in two_columns() for words in pair]
    title = Words(60, 740, "A title that stands above both of the columns of text", 12)
    path = write_words(tmp_path / "rows.pdf", [[title, *rows]], rotation=rotation, turned=turned)
    assert [line for line in read(path)[0].text.split("\n") if line] == [title.text, *LEFT, *RIGHT]


def test_columns_drawn_in_the_wrong_order_are_put_right(tmp_path: Path) -> None:
    left, right = zip(*two_columns(), strict=True)
    path = write_words(tmp_path / "columns.pdf", [[*right, *left]])
    assert [line for line in read(path)[0].text.split("\n") if line] == [*LEFT, *RIGHT]


def test_a_table_keeps_its_rows(tmp_path: Path) -> None:
    rows = [
        words
        for at in range(20)
        for words in (Words(60, 700 - 14 * at, f"Item of revenue number {at}"), Words(400, 700 - 14 * at, f"{at},205"))
    ]
    text = read(write_words(tmp_path / "table.pdf", [rows]))[0].text
    assert [" ".join(line.split()) for line in text.split("\n") if line] == [
        f"Item of revenue number {at} {at},205" for at in range(20)
    ]


def test_divided_words_are_joined_and_hyphens_that_belong_stay(tmp_path: Path) -> None:
    lines = ["The committee met to consid-", "er a well-known and a well-", "known matter, the Smith-", "Jones affair."]
    path = write_words(tmp_path / "a.pdf", [[Words(60, 700 - 12 * at, line) for at, line in enumerate(lines)]])
    text = " ".join(read(path)[0].text.split())
    assert text == "The committee met to consider a well-known and a well-known matter, the Smith-Jones affair."


def test_running_heads_and_page_numbers_go_and_the_first_head_stays(tmp_path: Path) -> None:
    pages = [
        [
            Words(60, 810, "Annual Report of the Example Company"),
            *(Words(60, 700 - 12 * at, f"Sentence {at} of page {number} says something.") for at in range(5)),
            Words(290, 30, str(number + 4)),
        ]
        for number in range(12)
    ]
    read_pages = read(write_words(tmp_path / "report.pdf", pages))
    heads = [page.number for page in read_pages if "Annual Report" in page.text]
    assert heads == [1]
    assert all(page.text.split("\n")[-1].startswith("Sentence 4") for page in read_pages)
    assert all(f"Sentence 0 of page {page.number - 1} says" in page.text for page in read_pages)


def test_a_running_head_stands_beside_the_text_that_is_without_it(tmp_path: Path) -> None:
    pages = [
        [
            Words(290, 820, str(number + 1)),
            Words(60, 800, "Example Company and Subsidiaries"),
            Words(60, 700, f"Sentence of page {number} says something."),
            Words(60, 30, "Printed on paper"),
        ]
        for number in range(6)
    ]
    first, *others = read(write_words(tmp_path / "report.pdf", pages))
    assert "Example Company" in first.text
    assert first.head == ""
    assert {page.head for page in others} == {"Example Company and Subsidiaries"}
    assert not any("Example" in page.text for page in others)


def test_a_page_that_has_nothing_but_a_running_head_has_it_as_its_text(tmp_path: Path) -> None:
    pages = read(write_words(tmp_path / "a.pdf", [[Words(60, 810, "Nothing else on any page")]] * 9))
    assert {(page.head, page.text) for page in pages} == {("", "Nothing else on any page")}


def test_what_only_looks_like_a_running_head_stays(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [[Words(60, 810, "Same on both pages")]] * 2)
    assert [page.text for page in read(path)] == ["Same on both pages"] * 2
    path = write_words(tmp_path / "b.pdf", [[Words(60, 810, "Nothing else on any page")]] * 9)
    assert {page.text for page in read(path)} == {"Nothing else on any page"}
    numbers = [[Words(60, 810, "2018 2017 2016"), Words(60, 500, f"Row {at}")] for at in range(9)]
    assert all(page.text.startswith("2018 2017 2016") for page in read(write_words(tmp_path / "c.pdf", numbers)))


def test_a_paragraph_is_set_apart(tmp_path: Path) -> None:
    heights = [700, 688, 676, 650, 638, 626]
    path = write_words(tmp_path / "a.pdf", [[Words(60, y, f"line at {y}") for y in heights]])
    assert read(path)[0].text == "line at 700\nline at 688\nline at 676\n\nline at 650\nline at 638\nline at 626"


def shown(box: Sequence[float], rotation: int, crop: Sequence[float]) -> Fractions:
    """Where a box in points is on the page as it is shown, worked out by hand."""
    width, height = crop[2] - crop[0], crop[3] - crop[1]
    left, right = ((edge - crop[0]) / width for edge in (box[0], box[2]))
    top, bottom = ((crop[3] - edge) / height for edge in (box[3], box[1]))
    for _ in range(rotation // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return left, top, right, bottom


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(0, 0, WIDTH, HEIGHT), (40, 90, 560, 800)])
def test_boxes_stand_around_the_words(tmp_path: Path, rotation: int, crop: tuple[float, float, float, float]) -> None:
    rows = two_columns()
    path = write_words(tmp_path / "a.pdf", [[words for row in rows for words in row]], rotation=rotation, crop=crop)
    text = read(path)[0].text
    for words in (rows[0][0], rows[7][1], rows[19][1]):
        at = text.index(words.text)
        (box,) = boxes(path, 1, at + 6, at + 20)
        assert overlap(box, shown(words.box(6, 20), rotation, crop)) >= 0.8


def test_a_joined_word_has_a_box_on_each_of_its_lines(tmp_path: Path) -> None:
    lines = [Words(60, 700, "They came to consid-"), Words(60, 688, "er the matter.")]
    path = write_words(tmp_path / "a.pdf", [lines])
    text = read(path)[0].text
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
    text = read(path)[4].text
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
