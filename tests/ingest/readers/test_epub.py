"""Chapters of books come in reading order with their titles."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.documents.sample_documents import read_pages, write_epub, write_zip


def test_chapters_of_a_book_have_their_titles(tmp_path: Path) -> None:
    pages = read_pages(
        write_epub(tmp_path / "a.epub", {"whales.xhtml": "<p>Call me.</p>", "ships.xhtml": "<p>Sail.</p>"})
    )
    assert [(page.label, page.text) for page in pages] == [
        ("chapter “About whales”", "# About whales\n\nCall me."),
        ("chapter “About ships”", "# About ships\n\nSail."),
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


def test_a_chapters_title_is_a_heading_once_and_the_book_says_what_it_is(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="c.opf"/></container>',
        "c.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Moby</dc:title>'
        "<dc:creator>Herman</dc:creator><dc:publisher>Harper</dc:publisher></metadata>"
        '<manifest><item id="a" href="a.xhtml"/><item id="n" href="toc.ncx"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>',
        "toc.ncx": "<ncx><navPoint><text>1. Loomings</text><content src='a.xhtml'/></navPoint></ncx>",
        "a.xhtml": "<html><head><title/></head><body><p>1 Loomings</p><p>Call me.</p></body></html>",
    }
    (page,) = read_pages(write_zip(tmp_path / "a.epub", parts))
    assert page.text == "# 1 Loomings\n\nCall me."
    assert page.metadata == {"title": "Moby", "author": "Herman", "organisation": "Harper"}
