from pathlib import Path

import pytest

from ingest.readers.pdf.pdfium import PDFIUM, Pdf, Type, face
from ingest.readers.pdf.raw_page import read_page
from tests.support.documents.pdfs import Words, write_words


def _types(path: Path) -> tuple[Type, ...]:
    with PDFIUM:
        pdf = Pdf(path)
        try:
            return read_page(pdf, 0).types
        finally:
            pdf.close()


def test_lines_have_their_size_weight_and_slope(tmp_path: Path) -> None:
    lines = [Words(72, 700, "Large", 18), Words(72, 660, "Heavy", 10, "F2"), Words(72, 640, "Slanted", 10, "F3")]

    types = _types(write_words(tmp_path / "a.pdf", [lines]))

    assert [kind.size for kind in types] == [18, 10, 10]
    assert [kind.bold for kind in types] == [False, True, False]
    assert [kind.italic for kind in types] == [False, False, True]
    assert all(kind.even and kind.mono for kind in types)


def test_a_line_that_begins_bold_and_goes_on_otherwise_is_not_even(tmp_path: Path) -> None:
    lines = [Words(72, 700, "Heavy", 10, "F2"), Words(108, 700, "and plain", 10)]

    types = _types(write_words(tmp_path / "a.pdf", [lines]))

    assert [(kind.bold, kind.even) for kind in types] == [(True, False)]


def test_the_size_is_the_one_shown_where_the_page_scales_it(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [[Words(72, 700, "Scaled", 20)]], drawn="0.5 0 0 0.5 0 0 cm")

    assert [kind.size for kind in _types(path)] == [10]


@pytest.mark.parametrize(
    ("name", "bold", "italic"),
    [
        ("TimesNewRomanPS-BoldItalicMT", True, True),
        ("NimbusRomNo9L-Medi", True, False),
        ("CMBX12", True, False),
        ("CMTI10", False, True),
        ("Poppins-SemiBold", True, False),
        ("QuatroSlab-Medium", False, False),
        ("Helvetica", False, False),
    ],
)
def test_names_of_fonts_say_weight_and_slope(name: str, bold: bool, italic: bool) -> None:
    assert face(name)[:2] == (bold, italic)
