"""A page from the web is read without the site around it; a page without text says what to do."""

from pathlib import Path

import pytest

from ingest.readers.registry import reader_for
from ingest.readers.web_page_reader import WebPageReader
from rag.errors import DocumentError

SENTENCES = "".join(f"<p>Sentence {n} says that the birch is white.</p>" for n in range(9))
PAGE = f"<!DOCTYPE html><html><body><nav><a href='/'>Home</a></nav><h1>Trees</h1>{SENTENCES}</body></html>"


def text(path: Path, charset: str = "") -> str:
    return "\n".join(page.text for page in WebPageReader(charset).read(path))


def test_only_pages_of_the_web_are_read_without_their_site(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE)
    of_web = reader_for(path, "a.html", of_web=True)
    assert (of_web.name, reader_for(path, "a.html").name) == ("web page", "HTML page")
    assert "Home" not in "".join(page.text for page in of_web.read(path))
    assert "Home" in "".join(page.text for page in reader_for(path, "a.html").read(path))


def test_other_formats_of_the_web_are_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("tree,height\nbirch,20\n")
    assert reader_for(path, "a.csv", of_web=True).name == reader_for(path, "a.csv").name


def test_the_encoding_that_the_server_names_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes("<html><body><p>Ёлка зелёная.</p></body></html>".encode("koi8-r"))
    assert text(path, "koi8-r") == "Ёлка зелёная."
    assert text(path, "no-such-encoding")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "the page has no text"),
        ("<script>draw()</script>", "made by scripts"),
        ("Sign in <input type=password>", "asks for a login"),
    ],
)
def test_a_page_without_text_says_what_to_do(tmp_path: Path, body: str, reason: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<!DOCTYPE html><html><body>{body}</body></html>")
    with pytest.raises(DocumentError, match=reason) as failed:
        text(path)
    assert "save the page in your browser" in str(failed.value)


def test_a_page_that_only_leads_on_says_where_to(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text('<html><head><meta http-equiv="refresh" content="0; url=/docs/en/"></head><body></body></html>')
    with pytest.raises(DocumentError, match="leads browsers on to /docs/en/: add that address"):
        text(path)
