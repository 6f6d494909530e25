"""Why a document has no text: what it has instead is said."""

import zipfile
from pathlib import Path

import pytest

from ingest.readers.blocks.without_text import why_without_text
from ingest.readers.pdf.scans.scanned import SCANNED
from rag.errors import DocumentError
from rag.types import Page
from tests.support.documents.sample_documents import read_pages, write_docx, write_file


def with_pictures(path: Path, number: int) -> Path:
    write_docx(path, "")
    with zipfile.ZipFile(path, "a") as archive:
        for place in range(number):
            archive.writestr(f"word/media/image{place}.png", b"\x89PNG")
    return path


def test_a_document_of_pictures_says_so_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^the Word document has no text, only a picture, .* save it as PDF"):
        read_pages(with_pictures(tmp_path / "one.docx", 1))
    assert why_without_text(with_pictures(tmp_path / "two.docx", 2), []).startswith(", only 2 pictures,")


def test_a_page_that_scripts_would_make_says_so(tmp_path: Path) -> None:
    page = write_file(tmp_path / "a.html", "<html><body><script>write()</script></body></html>")
    with pytest.raises(
        DocumentError, match=r"^the HTML page has no text: scripts would make it, and these are not run$"
    ):
        read_pages(page)


def test_the_notes_of_its_pages_are_said_once_each(tmp_path: Path) -> None:
    pages = [Page(number=number, label="", text="", state="empty", note=SCANNED) for number in (1, 2)]
    assert why_without_text(write_file(tmp_path / "a.txt", ""), pages) == f": {SCANNED}"


def test_nothing_is_added_where_nothing_more_is_known(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^the Word document has no text$"):
        read_pages(write_docx(tmp_path / "a.docx", ""))
