"""Rulings are read from lines, thin rectangles and strokes, whatever way they were drawn."""

from pathlib import Path

import pytest

from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from ingest.readers.pdf.tables.ruled import MAX_SEGMENTS, Rulings, page_rulings
from tests.support.documents.pdfs import Words, write_words


def rulings(path: Path, shapes: str) -> Rulings:
    write_words(path, [[Words(60, 60, "text")]], drawn=shapes)
    with PDFIUM:
        pdf = Pdf(path)
        try:
            with pdf.page(0) as page:
                return page_rulings(page, 0)
        finally:
            pdf.close()


@pytest.mark.parametrize(
    "shapes",
    [
        "100 200 m 300 200 l S 100 200 m 100 300 l S",
        "100 200 200 0.5 re f 100 200 0.5 100 re f",
        "100 200 m 300 200 l 100 200 m 100 300 l S",
        "1 0 0 1 100 0 cm 0 200 m 200 200 l S 0 200 m 0 300 l S",
    ],
    ids=["lines", "thin rectangles", "one path", "moved"],
)
def test_lines_are_found_where_they_are_drawn(tmp_path: Path, shapes: str) -> None:
    found = rulings(tmp_path / "lines.pdf", shapes)
    (across,), (down,) = found.across, found.down
    assert tuple(across) == pytest.approx((200, 100, 300), abs=1)
    assert tuple(down) == pytest.approx((100, 200, 300), abs=1)


def test_a_stroked_rectangle_has_four_sides_and_a_shade_none(tmp_path: Path) -> None:
    frame = rulings(tmp_path / "frame.pdf", "100 200 200 100 re S")
    assert (len(frame.across), len(frame.down)) == (2, 2)
    assert rulings(tmp_path / "shade.pdf", "100 200 200 100 re f") == Rulings([], [])


def test_slanted_lines_and_drawings_are_left_out(tmp_path: Path) -> None:
    assert rulings(tmp_path / "slant.pdf", "100 200 m 300 300 l S") == Rulings([], [])
    steps = " ".join(f"{100 + at % 300} {100 + at % 290} l" for at in range(MAX_SEGMENTS + 10))
    assert rulings(tmp_path / "drawing.pdf", f"100 100 m {steps} S") == Rulings([], [])
