from pathlib import Path

from ingest.readers.blocks.geometry import Box
from ingest.readers.pdf.figures import find_drawings, joined, touch
from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from tests.support.documents.pdfs import Words, write_words

_SHOWN = Box(0, 0, 595, 842)


def _find(path: Path, *, has_caption: bool) -> list[Box]:
    with PDFIUM:
        pdf = Pdf(path)
        try:
            with pdf.page(0) as page:
                return [drawing.box for drawing in find_drawings(page.handle, _SHOWN, 0, has_caption=has_caption)]
        finally:
            pdf.close()


def test_boxes_that_touch_are_one() -> None:
    assert joined([Box(0, 0, 10, 10), Box(50, 0, 60, 10), Box(10, 2, 20, 8)]) == [Box(50, 0, 60, 10), Box(0, 0, 20, 10)]
    assert touch(Box(0, 0, 1, 1), Box(3, 0, 4, 1), 2)
    assert not touch(Box(0, 0, 1, 1), Box(3, 0, 4, 1), 1)


def test_bars_of_a_chart_are_a_group_and_the_bands_of_a_table_are_none(tmp_path: Path) -> None:
    chart = " ".join(f"{100 + 20 * at} 300 12 {20 + 9 * at} re f" for at in range(15))
    bands = " ".join(f"100 {300 + 24 * at} 40 12 re f" for at in range(15))
    line = [Words(72, 100, "Text")]

    assert len(_find(write_words(tmp_path / "a.pdf", [line], drawn=chart), has_caption=False)) == 1
    assert _find(write_words(tmp_path / "b.pdf", [line], drawn=bands), has_caption=False) == []


def test_a_page_of_very_many_shapes_is_sampled(tmp_path: Path) -> None:
    dots = " ".join(f"{100 + at % 70 * 5} {200 + at // 70 * 5} 4 {3 + at % 9} re f" for at in range(4_000))

    boxes = _find(write_words(tmp_path / "a.pdf", [[Words(72, 100, "Text")]], drawn=dots), has_caption=True)

    assert len(boxes) == 1
    assert boxes[0].right - boxes[0].left > 300
