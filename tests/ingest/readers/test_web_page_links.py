"""The links of a page, as they are written, for whoever is allowed to follow them."""

from pathlib import Path

import pytest

from ingest.readers.web_page_links import page_links


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


def test_a_link_may_forbid_to_be_followed(tmp_path: Path) -> None:
    assert links(tmp_path, '<a rel="external nofollow" href="/a">a</a><a rel="next" href="/b">b</a>') == ["/b"]


def test_there_are_limits_to_number_and_length(tmp_path: Path) -> None:
    html = "".join(f'<a href="/{n}">x</a>' for n in range(9_000)) + f'<a href="/{"x" * 9_000}">x</a>'
    assert len(links(tmp_path, html)) == 5_000


def test_links_in_other_scripts_are_decoded(tmp_path: Path) -> None:
    assert links(tmp_path, '<p>Дерево</p><a href="/берёза">б</a>', "windows-1251") == ["/берёза"]


@pytest.mark.parametrize("html", ["", "no markup", "<a href=>", "\0\0"])
def test_what_has_no_links_has_none(tmp_path: Path, html: str) -> None:
    assert links(tmp_path, html) == []
