"""Chapters of books come in reading order with their titles."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.sample_documents import (
    read_pages,
    write_epub,
)


def test_chapters_of_a_book_have_their_titles(tmp_path: Path) -> None:
    pages = read_pages(
        write_epub(tmp_path / "a.epub", {"whales.xhtml": "<p>Call me.</p>", "ships.xhtml": "<p>Sail.</p>"})
    )
    assert [(page.label, page.text) for page in pages] == [
        ("chapter “About whales”", "Call me."),
        ("chapter “About ships”", "Sail."),
    ]
    with pytest.raises(DocumentError, match="copy-protected"):
        read_pages(write_epub(tmp_path / "b.epub", {"a.xhtml": "x"}, encrypted="a.xhtml"))
