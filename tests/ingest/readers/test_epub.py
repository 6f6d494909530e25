"""Chapters of books come in reading order with their titles."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.sample_documents import (
    read_pages,
    write_epub,
    write_zip,
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


def test_a_chapter_without_a_title_has_its_number(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="c.opf"/></container>',
        "c.opf": '<package><manifest><item id="a" href="a.xhtml"/><item id="b" href="b.xhtml"/></manifest>'
        '<spine><itemref idref="b"/><itemref idref="a"/></spine></package>',
        "a.xhtml": "<h1>Last words</h1><p>Fin.</p>",
        "b.xhtml": "<p>First words.</p>",
    }
    pages = read_pages(write_zip(tmp_path / "a.epub", parts))
    assert [page.label for page in pages] == ["chapter 1", "chapter “Last words”"]


def test_a_book_that_does_not_list_its_chapters_is_damaged(tmp_path: Path) -> None:
    book = write_zip(tmp_path / "a.epub", {"mimetype": "application/epub+zip", "a.xhtml": "<p>x</p>"})
    with pytest.raises(DocumentError, match="does not say what its chapters are"):
        read_pages(book)
