"""Addresses of sources: only of what is there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.source_links import SourceLinks, address_of
from ingest.pipeline import Ingestor
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from rag.types import Chunk, Passage


def test_files_have_addresses_with_their_page_and_uploads_none(tmp_path: Path) -> None:
    file = tmp_path / "a b\x1b].pdf"
    file.touch()
    assert address_of(str(file), 3) == f"{tmp_path.as_uri()}/a%20b%1B%5D.pdf#page=3"
    assert address_of("upload:a.pdf", 1) == address_of("/no/such.pdf", 1) == address_of("no.md", 1) == ""


@pytest.mark.parametrize("address", ["https://a.org/x y", "https://a.org/\x1b\\", "javascript:x", "file:///etc/passwd"])
def test_an_address_that_could_do_harm_is_none(address: str) -> None:
    assert address_of("https://example.org/a?b=c", 1) == "https://example.org/a?b=c"
    assert address_of(address, 1) == ""


def test_a_source_is_found_by_its_number(
    ingestor: Ingestor, library: SqliteLibrary, store_text: Callable[..., int], tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("It is so.")
    ingestor.ingest_file(tmp_path / "a.md")
    (document,) = library.documents()
    chunk = Chunk(
        id=1, document_id=document.id, document="a.md", page=1, page_label="", start=0, end=2, text="It", heading=""
    )
    links = SourceLinks(library)
    links.show([Passage(chunk, 1.0)])
    assert links(1) == (tmp_path / "a.md").as_uri()
    assert links(0) == links(2) == ""
