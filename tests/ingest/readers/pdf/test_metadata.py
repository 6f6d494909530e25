from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from ingest.readers.pdf import metadata
from ingest.readers.pdf.metadata import OutlineEntry, read_xmp
from ingest.readers.pdf.pdfium import open_pdf
from ingest.readers.pdf.reader import PdfReader
from tests.support.documents.pdfs import Words, write_words

_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Wind &amp; Water</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>A. Author</rdf:li></rdf:Seq></dc:creator></rdf:RDF></x:xmpmeta>"""


def test_the_first_page_has_what_the_file_says_of_itself(tmp_path: Path) -> None:
    path = write_words(
        tmp_path / "a.pdf",
        [[Words(72, 700, "One")], [Words(72, 700, "Two")]],
        metadata={"/Title": "A  Study", "/Author": "A. Author", "/CreationDate": "D:20190207101500Z"},
    )

    first, second = PdfReader().read(path)

    assert dict(first.metadata) == {"title": "A Study", "author": "A. Author", "date": "2019-02-07"}
    assert not second.metadata


def test_xmp_of_the_document_is_read_and_that_of_a_picture_is_not(tmp_path: Path) -> None:
    photo = _XMP.replace("http://ns.adobe.com/pdf/1.3/", "http://ns.adobe.com/exif/1.0/").replace("Wind", "Photo")
    path = tmp_path / "a.pdf"
    path.write_text(f"%PDF {_XMP} {photo}", encoding="utf-8")

    assert read_xmp(path) == {"title": "Wind & Water", "author": "A. Author"}


def test_a_file_without_xmp_or_content_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"")

    assert read_xmp(path) == {}


def _outline(path: Path) -> dict[int, list[OutlineEntry]]:
    with open_pdf(path) as pdf:
        return pdf.outline()


def test_entries_have_their_pages_and_depths(tmp_path: Path) -> None:
    path = write_words(
        tmp_path / "a.pdf",
        [[Words(72, 700, "One")], [Words(72, 700, "Two")]],
        outline=[("One", 0, 1), ("Inside", 0, 2), ("Two", 1, 1)],
    )

    assert _outline(path) == {0: [OutlineEntry(1, "One"), OutlineEntry(2, "Inside")], 1: [OutlineEntry(1, "Two")]}


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
