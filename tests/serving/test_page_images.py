"""PDFs as they are read now have images of their pages; the others say why they have none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.sandbox.worker import Worker
from ingest.sources.file_store import FolderFiles
from rag.errors import DocumentError
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Document, Page
from serving.page_images import PageImages
from tests.support.documents.pdfs import write_pdf
from tests.support.documents.scans import needs_recognition, picture


@pytest.fixture
def page_images(ingestor: Ingestor, tmp_path: Path) -> Iterator[PageImages]:
    worker = Worker()
    yield PageImages(FolderFiles(tmp_path / "library"), worker)
    worker.close()


def ingested(ingestor: Ingestor, library: SqliteLibrary, path: Path) -> Document:
    assert ingestor.ingest_file(path).status == "added"
    (document,) = library.documents()
    return document


def test_a_pdf_has_images_and_boxes_until_it_is_changed_removed_or_read_otherwise(
    page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Good words."])
    document = ingested(ingestor, library, path)
    page = library.page(document.id, 1)
    assert page is not None
    assert page_images.png(document, 1, 1).startswith(b"\x89PNG")
    assert page_images.text_lines(document, page) == ((0, 11, 0, *page_images.boxes(document, page, 0, 11)[0]),)
    ((left, top, right, bottom),) = page_images.boxes(document, page, 0, 4)
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1
    with pytest.raises(DocumentError, match="another version"):
        page_images.file(replace(document, recipe="PDF-0 clean-1 chunks-2/180"))
    write_pdf(path, ["Other words, and more of them."])
    with pytest.raises(DocumentError, match="has changed"):
        page_images.file(document)
    path.unlink()
    with pytest.raises(DocumentError, match="not there any more"):
        page_images.file(document)


@needs_recognition
@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".pdf", ".png"])
def test_a_scan_is_shown_with_boxes_around_its_recognised_words(
    page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"scan{suffix}"
    picture(tmp_path).save(path)
    document = ingested(ingestor, library, path)
    page = library.page(document.id, 1)
    assert page is not None
    assert page.state == "ocr"
    at = page.text.index("Payment")
    ((left, top, right, bottom),) = page_images.boxes(document, page, at, at + len("Payment"))
    assert 0.08 < left < right < 0.3
    assert 0.17 < top < bottom < 0.25
    lines = page_images.text_lines(document, page)
    (line,) = (each for each in lines if each[0] <= at < each[1])
    assert line[3] <= left
    assert line[4] - 0.01 <= top
    assert line[6] >= bottom - 0.01
    assert page_images.png(document, 1, 1).startswith(b"\x89PNG")


def test_of_an_encrypted_file_it_is_said_that_its_password_is_not_kept(
    page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Good words."], password="opensesame")
    assert ingestor.ingest_file(path, password="opensesame").status == "added"
    (document,) = library.documents()
    for _ in range(2):
        with pytest.raises(DocumentError, match="its password is not kept"):
            page_images.boxes(document, Page(number=1, label="1", text="Good words."), 0, 0)
    with pytest.raises(DocumentError, match="its password is not kept"):
        page_images.png(document, 1, 1)


def test_a_text_has_none(page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good words.")
    document = ingested(ingestor, library, tmp_path / "a.txt")
    with pytest.raises(DocumentError, match=r"^$"):
        page_images.boxes(document, Page(number=1, label="", text="Good words."), 0, 4)
