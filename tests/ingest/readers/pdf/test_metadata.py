from pathlib import Path

from ingest.readers.pdf.metadata import read_xmp
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

    assert dict(first.metadata) == {
        "title": "A Study",
        "author": "A. Author",
        "date": "2019-02-07",
        "producer": "pypdf",
    }
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
