import dataclasses
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.readers.blocks.pages import without_invisible
from ingest.readers.pdf.reader import PdfReader
from rag.types import Page
from tests.support.documents.pdfs import Words, write_words

_PROSE = "This line of a paragraph is long enough to fill the column"


def _rows(*headings: str) -> list[Words]:
    rows: list[Words] = []
    top = 720.0
    for heading in headings:
        rows.append(Words(72, top, heading, 14, "F2"))
        rows += [Words(72, top - 24 - 12 * at, _PROSE) for at in range(4)]
        top -= 100
    return rows


def _read(path: Path, *, use_outline: bool = True) -> list[Page]:
    return list(without_invisible(PdfReader(use_outline=use_outline).read(path))[0])


def test_headings_are_exactly_the_characters_of_the_text(tmp_path: Path) -> None:
    page = _read(write_words(tmp_path / "a.pdf", [_rows("1 One", "2 Two  and more")]))[0]

    assert [(heading.title, heading.level) for heading in page.structure.headings] == [
        ("1 One", 1),
        ("2 Two and more", 1),
    ]
    for heading in page.structure.headings:
        assert " ".join(page.text[heading.start : heading.end].split()) == heading.title


def test_a_figure_has_its_box_and_its_caption(tmp_path: Path) -> None:
    bars = " ".join(f"{100 + 20 * at} 300 12 {40 + 9 * at} re f" for at in range(15))
    rows = [*_rows("1 One"), Words(100, 280, "Figure 1. Net sales")]

    page = _read(write_words(tmp_path / "a.pdf", [rows], drawn=bars))[0]

    assert len(page.structure.figures) == 1
    figure = page.structure.figures[0]
    assert page.text[figure.start : figure.end] == figure.caption == "Figure 1. Net sales"
    assert figure.box is not None
    left, top, right, bottom = figure.box
    assert abs(left - 100 / 595) < 0.01
    assert abs(right - 392 / 595) < 0.01
    assert abs(bottom - (1 - 300 / 842)) < 0.01
    assert top < bottom


def test_a_picture_on_every_page_is_no_figure(tmp_path: Path) -> None:
    bars = " ".join(f"{100 + 20 * at} 300 12 {40 + 9 * at} re f" for at in range(15))

    pages = _read(write_words(tmp_path / "a.pdf", [_rows(f"{at} One") for at in range(1, 6)], drawn=bars))

    assert all(not page.structure.figures for page in pages)


def test_the_outline_can_be_hidden(tmp_path: Path) -> None:
    rows = [*_rows("1 One"), Words(72, 300, "Plain words")]
    path = write_words(tmp_path / "a.pdf", [rows], outline=[("1 One", 0, 1), ("Plain words", 0, 2)])

    assert [heading.title for heading in _read(path)[0].structure.headings] == ["1 One", "Plain words"]
    assert [heading.title for heading in _read(path, use_outline=False)[0].structure.headings] == ["1 One"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet="ABC abc .1\xad\xa0-", min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_headings_lie_in_the_text_and_say_it(tmp_path: Path, headings: list[str]) -> None:
    page = _read(write_words(tmp_path / "a.pdf", [_rows(*headings)]))[0]

    for heading in page.structure.headings:
        assert 0 <= heading.start < heading.end <= len(page.text)
        assert " ".join(page.text[heading.start : heading.end].split()) == heading.title
    assert dataclasses.replace(page, structure=page.structure) == page
