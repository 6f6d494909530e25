"""The site around a page is taken away, and nothing of the page: headings, lists and tables stay as they are."""

from typing import Any

import pytest
from lxml import etree

from ingest.readers.blocks.assembly import section_pages
from ingest.readers.html import blocks_of, html_root
from ingest.readers.main_text import main_text

ARTICLE = "<h1>Birches</h1><p>The birch is white. It grows in the north, and its bark peels.</p>" + "".join(
    f"<h2>Part {n}</h2><p>Sentence {n} of the article, which says something about trees in the wood.</p>"
    for n in range(4)
)
TABLE = "<table><tr><th>Tree</th><th>Height</th></tr><tr><td>Birch</td><td>20 m</td></tr></table>"
MENU = "<ul>" + "".join(f'<li><a href="/{n}">Chapter {n}</a></li>' for n in range(9)) + "</ul>"


def read(body: str, head: str = "<title>Trees</title>") -> str:
    """Return the text that is read of a page."""
    root = html_root(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>")
    return text_of(main_text(root).root)


def text_of(root: Any) -> str:
    return "\n".join(page.text for page in section_pages(blocks_of(root)))


@pytest.mark.parametrize(
    "furniture",
    [
        f"<nav>{MENU}</nav>",
        f"<header>{MENU}</header>",
        f"<footer>{MENU} All rights reserved.</footer>",
        f"<aside>{MENU}</aside>",
        f'<div role="navigation">{MENU}</div>',
        f'<div class="site-navBar">{MENU}</div>',
        f'<div id="sidebar-left">{MENU}</div>',
        '<div class="cookie-banner">We use cookies. Chapter 7 of our policy says which. <button>Accept</button></div>',
        "<dialog open>Chapter 8: subscribe to our letter!</dialog>",
        '<div class="share-buttons"><a href="#">Chapter 1</a></div>',
    ],
)
def test_what_belongs_to_the_site_is_taken_away(furniture: str) -> None:
    text = read(f"{furniture}<div>{ARTICLE}{TABLE}</div>{furniture}")
    assert "Chapter" not in text
    assert text.startswith("# Birches\n\nThe birch is white.")
    assert text.count("## Part") == 4
    assert "Height: 20 m" in text


@pytest.mark.parametrize("main", ["<main>{}</main>", '<div role="main">{}</div>', "<article>{}</article>"])
def test_only_the_main_element_is_read_where_there_is_one(main: str) -> None:
    text = read(f"<div>Weather today: sunny</div>{main.format(ARTICLE)}<div>Stock prices: up</div>")
    assert "Weather" not in text
    assert "Stock" not in text
    assert text.count("## Part") == 4


def test_a_title_before_the_main_element_stays() -> None:
    body = ARTICLE.removeprefix("<h1>Birches</h1>")
    assert read(f"<header><h1>Birches</h1></header><main>{body}</main>").startswith("# Birches\n")


def test_lists_and_asides_within_an_article_keep_their_place() -> None:
    text = read(f"<article><header><p>By Ann</p></header>{ARTICLE}<ul><li>one</li><li>two</li></ul></article>")
    assert "By Ann" in text
    assert "- one\n- two" in text


@pytest.mark.parametrize(
    "body",
    [
        f"<nav>{ARTICLE}</nav><p>More.</p>",
        f'<div class="sidebar">{ARTICLE}</div><p>More.</p>',
        f"<main><p>Loading …</p></main><div>{ARTICLE}</div>",
        f'<div class="menu">{TABLE * 30}</div><p>Our menu.</p>',
    ],
)
def test_a_page_whose_substance_looks_like_furniture_stays_whole(body: str) -> None:
    root = html_root(f"<html><body>{body}</body></html>")
    assert text_of(main_text(root).root) == text_of(root)


@pytest.mark.parametrize("index", [f"<main><h1>Contents</h1>{MENU}</main>", f"<nav>{MENU}</nav>", f"<div>{MENU}</div>"])
def test_a_page_of_links_is_its_links(index: str) -> None:
    assert read(index).count("Chapter") == 9


def test_a_menu_may_be_longer_than_the_page() -> None:
    text = read(f"<nav>{MENU * 20}</nav><h1>Birches</h1><p>The birch is white.</p>")
    assert text == "# Birches\n\nThe birch is white."


def test_classes_of_a_whole_page_are_no_furniture() -> None:
    text = read(f'<div class="page has-sidebar menu-open"><div class="content">{ARTICLE}</div></div>')
    assert text.count("## Part") == 4


def test_a_page_that_asks_for_a_login_is_seen() -> None:
    form = '<form><label>Name <input></label><label>Password <input type="password"></label></form>'
    assert main_text(html_root(f"<html><body>{form}</body></html>")).is_login
    assert not main_text(html_root(f"<html><body>{form}<article>{ARTICLE * 9}</article></body></html>")).is_login


@pytest.mark.parametrize(
    "html", ["<html>", "no markup at all", "<p>x</p>", "<nav>x" * 200, "<frameset><frame></frameset>"]
)
def test_any_tree_is_a_page(html: str) -> None:
    assert main_text(html_root(html)).root is not None


def test_the_page_itself_stays_as_it_is() -> None:
    root = html_root(f"<html><body><nav>{MENU}</nav><main>{ARTICLE}</main></body></html>")
    before = etree.tostring(root)
    assert not main_text(root).is_whole
    assert etree.tostring(root) == before
