from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.readers.blocks.geometry import Box, Line
from ingest.readers.pdf.figures import (
    Drawing,
    FoundFigure,
    find_drawings,
    find_figures,
    is_within,
    joined,
    may_have_caption,
)
from ingest.readers.pdf.pdfium import open_pdf
from tests.support.documents.pdfs import Words, write_words

_SHOWN = Box(0, 0, 600, 800)
_CHART = Drawing(Box(100, 400, 400, 600), is_picture=True)
_PAGE = Box(0, 0, 595, 842)


def _find(drawings: Sequence[Drawing], *rows: tuple[str, float]) -> list[FoundFigure]:
    texts = [text for text, _ in rows]
    lines = [Line(0, len(text), 100, bottom, 100 + 5 * len(text), bottom + 10) for text, bottom in rows]
    return find_figures(drawings, texts, lines, _SHOWN)


def test_a_caption_below_belongs_to_the_picture() -> None:
    assert _find([_CHART], ("Figure 1. Net sales", 385)) == [FoundFigure(_CHART.box, (0, 0))]


def test_a_caption_above_belongs_to_the_picture_and_goes_on_to_its_end() -> None:
    found = _find(
        [_CHART], ("Fig. 2: Net sales of all segments in", 622), ("the last three years.", 610), ("Text", 300)
    )

    assert found == [FoundFigure(_CHART.box, (0, 1))]


def test_a_sentence_about_a_figure_is_no_caption() -> None:
    assert _find([_CHART], ("Figure 1 shows that sales grew", 385)) == [FoundFigure(_CHART.box, None)]


def test_parts_of_a_figure_are_one() -> None:
    parts = [Drawing(Box(100, 500, 240, 600), is_picture=True), Drawing(Box(260, 500, 400, 600), is_picture=True)]

    assert _find(parts, ("Figure 1. Two views of the parts side by side", 480))[0].box == Box(100, 500, 400, 600)


@pytest.mark.parametrize(
    "drawing",
    [
        Drawing(Box(100, 760, 160, 790), is_picture=True),
        Drawing(Box(100, 400, 120, 420), is_picture=True),
        Drawing(Box(100, 400, 400, 600), is_picture=False, heights=2),
    ],
    ids=["logo at the edge", "small", "bands of a table"],
)
def test_what_is_no_figure(drawing: Drawing) -> None:
    assert _find([drawing], ("Text", 300)) == []


def test_the_scan_of_a_page_with_its_text_is_none() -> None:
    assert _find([Drawing(Box(0, 0, 600, 800), is_picture=True)], ("Text", 300)) == []


def test_a_page_is_looked_at_closely_only_if_it_may_have_a_caption() -> None:
    assert may_have_caption("Text\r\nAbbildung 3: Aufbau")
    assert not may_have_caption("The figure is 3 million")


def test_words_in_a_figure_are_within_it() -> None:
    assert is_within(Line(0, 1, 200, 500, 220, 510), [_CHART.box])
    assert not is_within(Line(0, 1, 200, 700, 220, 710), [_CHART.box])


def _drawn(path: Path, *, has_caption: bool) -> list[Box]:
    with open_pdf(path) as pdf, pdf.page(0) as page:
        return [drawing.box for drawing in find_drawings(page.handle, _PAGE, 0, has_caption=has_caption)]


def test_boxes_that_touch_are_one() -> None:
    assert joined([Box(0, 0, 10, 10), Box(50, 0, 60, 10), Box(10, 2, 20, 8)]) == [Box(50, 0, 60, 10), Box(0, 0, 20, 10)]


def test_bars_of_a_chart_are_a_group_and_the_bands_of_a_table_are_none(tmp_path: Path) -> None:
    chart = " ".join(f"{100 + 20 * at} 300 12 {20 + 9 * at} re f" for at in range(15))
    bands = " ".join(f"100 {300 + 24 * at} 40 12 re f" for at in range(15))
    line = [Words(72, 100, "Text")]

    assert len(_drawn(write_words(tmp_path / "a.pdf", [line], drawn=chart), has_caption=False)) == 1
    assert _drawn(write_words(tmp_path / "b.pdf", [line], drawn=bands), has_caption=False) == []


def test_a_page_of_very_many_shapes_is_sampled(tmp_path: Path) -> None:
    dots = " ".join(f"{100 + at % 70 * 5} {200 + at // 70 * 5} 4 {3 + at % 9} re f" for at in range(4_000))

    boxes = _drawn(write_words(tmp_path / "a.pdf", [[Words(72, 100, "Text")]], drawn=dots), has_caption=True)

    assert len(boxes) == 1
    assert boxes[0].right - boxes[0].left > 300
