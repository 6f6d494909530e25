"""PDFs are read page by page, within limits, and every page or file that cannot be read says why."""

from pathlib import Path

import pypdf
import pypdfium2.raw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject

from ingest.readers.blocks.pages import without_invisible
from ingest.readers.pdf import pdfium, reader
from ingest.readers.pdf.pdfium import open_pdf
from ingest.readers.pdf.reader import PageWindow, PdfReader
from rag.errors import DocumentError, LockedError
from rag.types import Page
from tests.support.documents.pdfs import Words, write_pdf, write_words
from tests.support.documents.sample_documents import read_pages
from tests.support.paths import SAMPLES

_PROSE = "This line of a paragraph is long enough to fill the column"


def test_the_sample_pdf_has_its_pages_printed_labels_and_joined_hyphens() -> None:
    pages = read_pages(SAMPLES / "debian-faq.pdf")
    assert [page.number for page in pages] == list(range(1, 77))
    assert [pages[i].label for i in (0, 10)] == ["i", "3"]
    assert "The project name is pronounced Deb’-ee-en" in pages[10].text
    assert "communicate regularly and cooperate on" in pages[10].text.replace("\n", " ")


def test_pages_without_text_keep_their_numbers(tmp_path: Path) -> None:
    pages = read_pages(write_pdf(tmp_path / "a.pdf", ["First page", "", "Third page"]))
    assert [(page.number, page.text) for page in pages] == [(1, "First page"), (2, ""), (3, "Third page")]
    assert [page.state for page in pages] == ["ready", "empty", "ready"]


def test_unreadable_pdfs_say_why(tmp_path: Path) -> None:
    locked = write_pdf(tmp_path / "locked.pdf", ["Secret"], password="pw")
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read_pages(locked)
    with pytest.raises(LockedError, match="the password given does not open it"):
        list(PdfReader().read(locked, "other"))
    assert [page.text for page in PdfReader().read(locked, "pw")] == ["Secret"]
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is not a pdf")
    with pytest.raises(DocumentError, match="damaged"):
        read_pages(tmp_path / "broken.pdf")
    with pytest.raises(DocumentError, match="none of its 2 pages has text"):
        read_pages(write_pdf(tmp_path / "scan.pdf", ["", ""]))


def test_a_truncated_pdf_is_read_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    whole = (SAMPLES / "debian-faq.pdf").read_bytes()
    for share in (0.2, 0.5, 0.9):
        (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
        try:
            pages = read_pages(tmp_path / "cut.pdf")
        except DocumentError:
            continue
        assert any(page.text for page in pages)


def test_a_pdf_of_too_many_pages_is_cut_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 3)
    pages = read_pages(write_pdf(tmp_path / "a.pdf", [f"Page {number}" for number in range(5)]))
    assert len(pages) == 3
    assert pages[-1].note == "the PDF has 5 pages, and only the first 3 are read"


def test_embedded_files_are_counted_and_not_opened(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_attachment("evil.exe", b"MZ")
    writer.write(path)
    assert read_pages(path)[0].note == "1 embedded file is not read"


def test_a_page_tree_that_goes_in_circles_ends(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    writer = pypdf.PdfWriter(clone_from=path)
    tree = writer._root_object["/Pages"]
    assert isinstance(tree, DictionaryObject)
    kids = tree["/Kids"]
    assert isinstance(kids, ArrayObject)
    tree[NameObject("/Kids")] = ArrayObject([kids[0], writer._root_object.raw_get("/Pages")])
    tree[NameObject("/Count")] = NumberObject(1_000_000)
    writer.write(path)
    try:
        pages = read_pages(path)
    except DocumentError:
        return
    assert pages[0].text == "Hello"
    assert len(pages) <= pdfium.MAX_PAGES


def test_a_damaged_page_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = pypdfium2.raw.FPDF_LoadPage
    monkeypatch.setattr(
        pypdfium2.raw, "FPDF_LoadPage", lambda document, index: None if index == 1 else load(document, index)
    )
    pages = read_pages(write_words(tmp_path / "a.pdf", [[Words(60, 700, f"Page {number}")] for number in range(3)]))
    assert [(page.state, page.note) for page in pages] == [
        ("ready", ""),
        ("failed", "the page is damaged"),
        ("ready", ""),
    ]


def test_the_sample_has_the_first_pages_and_some_of_the_others(tmp_path: Path) -> None:
    with open_pdf(write_pdf(tmp_path / "a.pdf", [f"Page {at} of the text" for at in range(100)])) as pdf:
        window = PageWindow(pdf, 100)
        sample = window.sample()
        first = window.page(0)

    assert list(sample)[:24] == list(range(24))
    assert 4 <= len(sample) - 24 <= 76 // 8
    assert first.lines is sample[0]


def test_pages_are_the_same_read_one_by_one_and_memory_keeps_a_window(tmp_path: Path) -> None:
    texts = [f"Page {at} of the text" for at in range(60)]
    with open_pdf(write_pdf(tmp_path / "a.pdf", texts)) as pdf:
        window = PageWindow(pdf, 60)
        window.sample()
        read = [window.page(at).lines.texts for at in range(60)]
        kept = len(window._read)

    assert read == [[text] for text in texts]
    assert kept < 12


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


def test_headings_have_their_titles_and_levels(tmp_path: Path) -> None:
    page = _read(write_words(tmp_path / "a.pdf", [_rows("1 One", "2 Two  and more")]))[0]

    assert [(heading.title, heading.level) for heading in page.structure.headings] == [
        ("1 One", 1),
        ("2 Two and more", 1),
    ]


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
