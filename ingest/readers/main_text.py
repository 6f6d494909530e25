"""Take the site away from around a page: menus, side bars, footers, banners, dialogs.

By the elements, roles and class names that authors give these parts. What remains is a tree like any other, so that
headings, lists and tables are read as in any HTML file. Where most of the page's own sentences would go with them, the
page stays whole.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.readers.office.zip_xml import local_name

_UNSEEN = frozenset("script style noscript template svg iframe object canvas head".split())
_FURNITURE = frozenset("nav footer aside dialog menu button select".split())
_FURNITURE_ROLES = frozenset(
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar tablist".split()
)
_FURNITURE_WORDS = frozenset(
    """nav navbar navigation menu menubar breadcrumb breadcrumbs sidebar sidenav footer cookie cookies consent gdpr
    newsletter subscribe share sharing social related recommended recommendations advert advertisement ads promo
    sponsored skip skiplink pagination pager toolbar navbox catlinks noprint headerlink editsection jumplink feedback
    login signup paywall toc""".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SPACES = re.compile(r"\s+")

_MAX_SHARE = 0.4
"""Nothing that has more of the page's text than this, links aside, is taken away."""

_MIN_LINKED = 0.3
_MAX_NAMED = 800
"""A part that only its class names as furniture has many links, or little text."""

_MIN_MAIN = 0.5
_MIN_KEPT = 0.5
_MAX_LOGIN = 1_500


@dataclass(frozen=True, slots=True)
class MainText:
    """A page reduced to its main text, and what was seen of it. `is_whole` if nothing was taken away."""

    root: Any
    characters: int
    is_whole: bool = False
    is_login: bool = False
    has_scripts: bool = False


def main_text(root: Any) -> MainText:
    """Return the main text of a parsed page, which itself stays as it is."""
    body = root.find("body")
    whole = _Sizes(root if body is None else body).total
    seen = {
        "is_login": whole.characters <= _MAX_LOGIN and bool(root.xpath(".//input[@type='password']")),
        "has_scripts": next(root.iter("script"), None) is not None,
    }
    reduced = deepcopy(root)
    body = reduced.find("body")
    found = _reduce(reduced if body is None else body)
    if not found.characters or found.plain < _MIN_KEPT * whole.plain:
        return MainText(root, whole.characters, is_whole=True, **seen)
    return MainText(reduced, found.characters, **seen)


def _reduce(body: Any) -> "_Size":
    """Leave in a body only its main text, with its title if that stands before it; return the size of the text."""
    titles = [each for each in body.iter("h1") if next(each.iterancestors(*_FURNITURE), None) is None]
    _drop_furniture(body, _Sizes(body))
    sizes = _Sizes(body)
    main = _main_element(body, sizes)
    if main is not body:
        before = [] if next(main.iter("h1"), None) is not None else titles[:1]
        body.text = None
        for child in list(body):
            body.remove(child)
        for element in (*before, main):
            element.tail = None
            body.append(element)
    return sizes.of(main)


@dataclass(frozen=True, slots=True)
class _Size:
    characters: int
    linked: int

    @property
    def plain(self) -> int:
        """Characters that are no links."""
        return self.characters - self.linked


class _Sizes:
    """How much text is in every element of a tree, and how much of that is links."""

    def __init__(self, root: Any) -> None:
        self._elements = list(root.iter(etree.Element))  # kept, so that they stay themselves
        self._found: dict[Any, _Size] = {}
        for element in reversed(self._elements):
            self._found[element] = self._size(element)
        self.total = self.of(root)

    def of(self, element: Any) -> _Size:
        return self._found.get(element, _Size(0, 0))

    def _size(self, element: Any) -> _Size:
        kind = local_name(element).lower()
        if kind in _UNSEEN:
            return _Size(0, 0)
        characters, linked = _length(element.text), 0
        for child in element:
            inner = self.of(child)
            characters += inner.characters + _length(child.tail)
            linked += inner.linked
        return _Size(characters, characters if kind == "a" else linked)


def _length(text: str | None) -> int:
    return len(_SPACES.sub(" ", text).strip()) if text else 0


def _drop_furniture(body: Any, sizes: _Sizes) -> None:
    most = _MAX_SHARE * sizes.total.plain
    for element in list(body.iter(etree.Element)):
        if element is body or element.getparent() is None or not _is_furniture(element, sizes.of(element)):
            continue
        if sizes.of(element).plain <= most and not _holds_main(element):
            element.drop_tree()


def _is_furniture(element: Any, size: _Size) -> bool:
    kind = local_name(element).lower()
    if kind in _FURNITURE or (element.get("role") or "").lower() in _FURNITURE_ROLES:
        return True
    if kind == "header":
        return next(element.iterancestors("article", "main"), None) is None and next(element.iter("h1"), None) is None
    if kind in ("table", "tr", "td", "th", "tbody", "body", "main", "article", "p", "h1", "h2", "h3", "pre", "code"):
        return False
    if not _FURNITURE_WORDS.intersection(_words(element)):
        return False
    return size.characters <= _MAX_NAMED or size.linked >= _MIN_LINKED * size.characters


def _words(element: Any) -> set[str]:
    """Return the words of an element's class and id: "site-navBar" has "site", "nav" and "bar"."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    return {word.lower() for word in _WORD.findall(named)} | set(re.split(r"[\s_-]+", named.lower()))


def _holds_main(element: Any) -> bool:
    return next(element.iter("main", "article"), None) is not None or bool(element.xpath(".//*[@role='main']"))


def _main_element(body: Any, sizes: _Sizes) -> Any:
    """Return the element that holds the main text, or all that is left if no element clearly does."""
    least = _MIN_MAIN * sizes.total.characters
    marked = [*body.iter("main"), *body.xpath(".//*[@role='main']")]
    for candidates in (marked, list(body.iter("article"))):
        best = max(candidates, key=lambda each: sizes.of(each).characters, default=None)
        if best is not None and sizes.of(best).characters >= least:
            return best
    return body
