from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from ingest.readers.pdf import metadata
from ingest.readers.pdf.heading_finder import named_lines
from ingest.readers.pdf.metadata import OutlineEntry
from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from tests.support.documents.pdfs import Words, write_words


def _outline(path: Path) -> dict[int, list[OutlineEntry]]:
    with PDFIUM:
        pdf = Pdf(path)
        try:
            return pdf.outline()
        finally:
            pdf.close()


def test_entries_have_their_pages_and_depths(tmp_path: Path) -> None:
    path = write_words(
        tmp_path / "a.pdf",
        [[Words(72, 700, "One")], [Words(72, 700, "Two")]],
        outline=[("One", 0, 1), ("Inside", 0, 2), ("Two", 1, 1)],
    )

    assert _outline(path) == {0: [OutlineEntry(1, "One"), OutlineEntry(2, "Inside")], 1: [OutlineEntry(1, "Two")]}


def test_a_file_without_an_outline_has_none(tmp_path: Path) -> None:
    assert _outline(write_words(tmp_path / "a.pdf", [[Words(72, 700, "One")]])) == {}


def test_an_outline_that_goes_in_a_circle_ends(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [[Words(72, 700, "One")]], outline=[("One", 0, 1), ("Two", 0, 1)])
    writer = PdfWriter(clone_from=path)
    root = writer._root_object["/Outlines"].get_object()
    assert isinstance(root, DictionaryObject)
    last = root["/Last"].get_object()
    assert isinstance(last, DictionaryObject)
    last[NameObject("/Next")] = root.raw_get("/First")
    writer.write(path)

    assert [entry.title for entry in _outline(path)[0]] == ["One", "Two"]


def test_a_huge_outline_is_read_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "MAX_ENTRIES", 30)
    monkeypatch.setattr(metadata, "MAX_ENTRIES_A_PAGE", 20)
    path = write_words(
        tmp_path / "a.pdf",
        [[Words(72, 700, "One")], [Words(72, 700, "Two")]],
        outline=[(f"Entry {number}", number // 25, 1) for number in range(50)],
    )

    assert {page: len(entries) for page, entries in _outline(path).items()} == {0: 20, 1: 5}


def test_entries_name_lines_whatever_their_case_and_marks() -> None:
    texts = ["2 Methods of", "Measurement", "We measured.", "RESULTS"]

    named = named_lines([OutlineEntry(1, "2 Methods of Measurement"), OutlineEntry(2, "Results")], texts)

    assert named == {0: (1, 1), 3: (3, 2)}


def test_an_outline_that_lies_names_nothing() -> None:
    assert named_lines([OutlineEntry(1, "Free money"), OutlineEntry(1, "")], ["Terms", "You pay."]) == {}
