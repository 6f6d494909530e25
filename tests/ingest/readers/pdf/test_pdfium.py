"""Pages are opened within limits, lines have types, form values are read where they stand, and hidden ones are not."""

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageChops
from pypdf.generic import ArrayObject, FloatObject, NameObject

from ingest.readers.pdf import pdfium
from ingest.readers.pdf.page_view import boxes, render
from ingest.readers.pdf.pdfium import Type, face, open_pdf
from ingest.readers.pdf.raw_page import read_page
from ingest.readers.pdf.reader import PdfReader
from rag.errors import DocumentError
from tests.support.documents.form_pdfs import COMBO, HIDDEN, MULTILINE, PASSWORD, PRINT_ONLY, Field, write_form
from tests.support.documents.pdfs import HEIGHT, WIDTH, Words, write_pdf, write_words
from tests.support.documents.sample_documents import read_pages
from tests.support.paths import SHARED_DOCUMENTS

LABELS = [Words(60, 704, "Given name:"), Words(60, 674, "Family name:"), Words(60, 644, "Town:")]


def test_a_page_of_too_many_characters_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfium, "MAX_PAGE_CHARACTERS", 10)
    (page,) = read_pages(write_pdf(tmp_path / "a.pdf", ["0123456789 and more"]))
    assert page.text == "0123456789"
    assert "only its first" in page.note


def test_a_page_of_absurd_size_is_read_and_shown_within_limits(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.pages[0][NameObject("/MediaBox")] = ArrayObject([FloatObject(edge) for edge in (0, 0, 900_000, 900_000)])
    writer.write(path)
    assert read_pages(path)[0].text == "Hello"
    image = Image.open(io.BytesIO(render(path, 1, 4)))
    assert image.width * image.height <= pdfium.MAX_PIXELS * 1.01
    assert len(boxes(path, 1, 0, 5)) == 1


def _types(path: Path) -> tuple[Type, ...]:
    with open_pdf(path) as pdf:
        return read_page(pdf, 0).types


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
        ("QuatroSlab-Medium", False, False),
    ],
)
def test_names_of_fonts_say_weight_and_slope(name: str, bold: bool, italic: bool) -> None:
    assert face(name)[:2] == (bold, italic)


def read(path: Path) -> str:
    (page,) = PdfReader().read(path)
    return " ".join(page.text.split())


@pytest.mark.parametrize(
    ("drawn", "need_appearances", "kind", "field_flags"),
    [
        (True, True, "Tx", 0),
        (True, False, "Tx", 0),
        (False, True, "Tx", 0),
        (False, False, "Tx", 0),
        (False, False, "Tx", MULTILINE),
        (False, False, "Ch", COMBO),
    ],
)
def test_values_are_read_each_beside_its_label(
    tmp_path: Path, drawn: bool, need_appearances: bool, kind: str, field_flags: int
) -> None:
    fields = [
        Field(x=160, y=640, value="Bath", drawn="Bath" if drawn else ""),
        Field(x=160, y=700, value="Ann", drawn="Ann" if drawn else "", kind=kind, field_flags=field_flags),
        Field(x=160, y=670, value="Smith", drawn="Smith" if drawn else ""),
    ]
    path = write_form(tmp_path / "a.pdf", LABELS, fields, need_appearances=need_appearances)
    assert read(path) == "Given name: Ann Family name: Smith Town: Bath"


def test_a_value_under_its_label_comes_after_it(tmp_path: Path) -> None:
    labels = [Words(60, 704, "Given name"), Words(60, 654, "Family name"), Words(60, 600, "Signed by hand")]
    fields = [Field(x=60, y=630, value="Smith"), Field(x=60, y=680, value="Ann")]
    assert read(write_form(tmp_path / "a.pdf", labels, fields)) == "Given name Ann Family name Smith Signed by hand"


def test_a_typed_remark_is_read_where_it_stands(tmp_path: Path) -> None:
    remark = Field(x=160, y=670, value="to be checked", drawn="to be checked", kind="FreeText")
    assert read(write_form(tmp_path / "a.pdf", LABELS, [remark])) == "Given name: Family name: to be checked Town:"


def test_a_check_mark_is_read_as_it_is_drawn(tmp_path: Path) -> None:
    labels = [Words(80, 704, "married"), Words(80, 674, "single")]
    mark = Field(x=60, y=672, value="x", drawn="x", kind="FreeText", width=14)
    assert read(write_form(tmp_path / "a.pdf", labels, [mark])) == "married x single"


@pytest.mark.parametrize(
    "field",
    [
        Field(x=160, y=700, value="secret", flags=HIDDEN),
        Field(x=160, y=700, value="secret", drawn="secret", flags=HIDDEN),
        Field(x=160, y=700, value="secret", drawn="secret", flags=PRINT_ONLY),
        Field(x=160, y=700, value="secret", drawn="secret", kind="FreeText", flags=PRINT_ONLY),
        Field(x=160, y=700, value="secret", field_flags=PASSWORD),
        Field(x=160, y=700, value="secret", drawn="secret", field_flags=PASSWORD),
    ],
)
def test_hidden_values_and_passwords_are_neither_read_nor_shown(tmp_path: Path, field: Field) -> None:
    path = write_form(tmp_path / "a.pdf", LABELS, [field])
    assert read(path) == "Given name: Family name: Town:"
    assert not is_written(render(path, 1, 1), field)


@pytest.mark.parametrize("inherited", [True, False])
@pytest.mark.parametrize("rotation", [0, 90, 270])
def test_text_boxes_and_picture_of_a_value_agree(tmp_path: Path, inherited: bool, rotation: int) -> None:
    path = write_form(
        tmp_path / "a.pdf", LABELS, [Field(x=160, y=700, value="Ann")], rotation=rotation, inherited=inherited
    )
    (page,) = PdfReader().read(path)
    start = page.text.index("Ann")
    (box,) = boxes(path, 1, start, start + len("Ann"))
    picture = Image.open(io.BytesIO(render(path, 1, 1)))
    upright = picture.rotate(rotation, expand=True)
    assert upright.size == (WIDTH, HEIGHT)
    (wide, high) = picture.size
    left, top, right, bottom = box[0] * wide, box[1] * high, box[2] * wide, box[3] * high
    found = ImageChops.invert(picture.convert("L")).crop((round(left), round(top), round(right) + 1, round(bottom) + 1))
    assert found.getbbox() is not None
    if not rotation:
        assert 160 <= left < right <= 360
        assert HEIGHT - 716 <= top < bottom <= HEIGHT - 699
        assert is_written(render(path, 1, 1), Field(x=160, y=700, value="Ann"))


def test_a_form_alone_on_its_page_is_no_page_without_text(tmp_path: Path) -> None:
    assert read(write_form(tmp_path / "a.pdf", [], [Field(x=160, y=700, value="Ann")])) == "Ann"
    with pytest.raises(DocumentError, match="blank"):
        read(write_form(tmp_path / "b.pdf", [], [Field(x=160, y=700, value="")]))


@pytest.mark.skipif(not SHARED_DOCUMENTS.is_dir(), reason="the shared sample documents are not here")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pypdf_sample_files/012-libreoffice-form/libreoffice-form.pdf", "First Name Last Name Alice"),
        ("qpdf/sample-form.pdf", "Given Name: ABC Family Name: DEF"),
        ("qpdf/form-filled-by-acrobat.pdf", "Text Field abc potato"),
        ("qpdf/form-no-need-appearances-filled.pdf", "3.14 ÷ 0"),
        ("qpdf/digitally-signed.pdf", "Digitally signed by John Doe"),
    ],
)
def test_forms_that_other_programs_filled_in(name: str, expected: str) -> None:
    text = " ".join(page.text for page in PdfReader().read(SHARED_DOCUMENTS / name))
    assert expected in " ".join(text.split())


def is_written(png: bytes, field: Field) -> bool:
    """Return True if anything dark stands in a field of a page that is not turned."""
    page = ImageChops.invert(Image.open(io.BytesIO(png)).convert("L"))
    inside = page.crop((field.x, HEIGHT - field.y - field.height, field.x + field.width, HEIGHT - field.y))
    return inside.point(lambda dark: 255 * (dark > 128)).getbbox() is not None
