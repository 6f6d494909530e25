"""A page from the web is read without the site around it; one without text says what to do; links are as written."""

from pathlib import Path

import pytest

from ingest.readers.registry import reader_for
from ingest.readers.web_page import WebPageReader, page_links
from rag.errors import DocumentError

SENTENCES = "".join(f"<p>Sentence {n} says that the birch is white.</p>" for n in range(9))
PAGE = f"<!DOCTYPE html><html><body><nav><a href='/'>Home</a></nav><h1>Trees</h1>{SENTENCES}</body></html>"


def text(path: Path, charset: str = "") -> str:
    return "\n".join(page.text for page in WebPageReader(charset).read(path))


def test_only_pages_of_the_web_are_read_without_their_site(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE)
    of_web = reader_for(path, "a.html", of_web=True)
    assert (of_web.format.name, reader_for(path, "a.html").format.name) == ("web page", "HTML page")
    assert "Home" not in "".join(page.text for page in of_web.read(path))
    assert "Home" in "".join(page.text for page in reader_for(path, "a.html").read(path))


def test_other_formats_of_the_web_are_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("tree,height\nbirch,20\n")
    assert reader_for(path, "a.csv", of_web=True).format.name == reader_for(path, "a.csv").format.name


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


def links(tmp_path: Path, html: str, charset: str = "") -> list[str]:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode(charset or "utf-8"))
    found = page_links(path, charset)["links"]
    assert isinstance(found, list)
    return found


def test_links_are_found_once_in_their_order(tmp_path: Path) -> None:
    html = (
        '<a href="/b">b</a> <a href=" /a ">a</a> <map><area href="c"></map> <a href="/b">again</a> <a name="x">no</a>'
    )
    assert links(tmp_path, html) == ["/b", "/a", "c"]


def test_a_page_that_sends_browsers_on_leads_there(tmp_path: Path) -> None:
    assert links(tmp_path, '<meta http-equiv="refresh" content="0; URL=\'/next\'"><p>Wait.</p>') == ["/next"]


def test_a_base_address_is_said(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text('<head><base href="https://example.org/docs/"></head><a href="a">a</a>')
    assert page_links(path) == {"base": "https://example.org/docs/", "links": ["a"]}


@pytest.mark.parametrize("name", ["robots", "ROBOTS", "citewell"])
def test_a_page_may_forbid_to_follow_its_links(tmp_path: Path, name: str) -> None:
    assert links(tmp_path, f'<meta name="{name}" content="noindex,nofollow"><a href="/a">a</a>') == []


def test_there_are_limits_to_number_and_length(tmp_path: Path) -> None:
    html = "".join(f'<a href="/{n}">x</a>' for n in range(9_000)) + f'<a href="/{"x" * 9_000}">x</a>'
    assert len(links(tmp_path, html)) == 5_000


def test_links_in_other_scripts_are_decoded(tmp_path: Path) -> None:
    assert links(tmp_path, '<p>Дерево</p><a href="/берёза">б</a>', "windows-1251") == ["/берёза"]


@pytest.mark.parametrize("html", ["", "no markup", "<a href=>", "\0\0"])
def test_what_has_no_links_has_none(tmp_path: Path, html: str) -> None:
    assert links(tmp_path, html) == []
