"""Tell headings, captions and items of lists by the styles and numberings of a Word document."""

import re
from collections import defaultdict
from typing import Any, NamedTuple

from ingest.readers.blocks.numbers import whole_number
from ingest.readers.office.zip_xml import attribute, child_of, local_name

_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|nagłówek|заголовок|標題|标题|見出し|제목)\s*(\d)",
    re.IGNORECASE,
)
_CAPTION_NAMES = ("caption", "beschriftung", "légende", "leyenda", "didascalia", "bijschrift", "図表番号", "题注")
_BODY_LEVEL = 9
"""Word's outline level of text that is no heading."""

_MAX_INHERITANCE = 12
_PLACEHOLDER = re.compile(r"%(\d)")
_ROMAN_VALUES = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
_ROMAN_SIGNS = ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i")


class ListPlace(NamedTuple):
    """The numbering of a paragraph, and its level in it."""

    numbering: str
    level: int


class Style(NamedTuple):
    """A style of paragraphs. `level` is 0 for one that is no heading, None if the style it is based on decides."""

    level: int | None
    is_caption: bool
    place: ListPlace | None
    is_bold: bool
    base: str


class Styles:
    """The styles by their id."""

    def __init__(self, root: Any | None) -> None:
        found = [] if root is None else list(root.iter("{*}style"))
        self._styles = {attribute(style, "styleId"): _style(style) for style in found}

    def level(self, properties: Any | None) -> int:
        """Return the level of a heading by its paragraph's properties or its style, 0 for any other paragraph."""
        outline = value_of(properties, "outlineLvl")
        if outline.isdecimal():
            return _heading_level(outline)
        for style in self._inherited(properties):
            if style.level is not None:
                return style.level
        return 0

    def is_caption(self, properties: Any | None) -> bool:
        """Return True if a paragraph has the style of captions."""
        return any(style.is_caption for style in self._inherited(properties))

    def is_bold(self, properties: Any | None) -> bool:
        """Return True if a paragraph's style is bold."""
        return any(style.is_bold for style in self._inherited(properties))

    def place(self, properties: Any | None) -> ListPlace | None:
        """Return which list a paragraph is in by its properties or its style; None for none."""
        own = list_place(properties)
        if own is not None:
            return own if own.numbering != "0" else None
        return next((style.place for style in self._inherited(properties) if style.place), None)

    def _inherited(self, properties: Any | None) -> list[Style]:
        name = value_of(properties, "pStyle")
        styles: list[Style] = []
        while name in self._styles and len(styles) < _MAX_INHERITANCE:
            styles.append(self._styles[name])
            name = styles[-1].base
        return styles


class Numbering:
    """The marks of lists and numbered headings, counted as the document is read."""

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        for element in root if root is not None else ():
            if local_name(element) == "abstractNum":
                self._levels[attribute(element, "abstractNumId")] = dict(map(_level, element.iter("{*}lvl")))
            elif local_name(element) == "num":
                number = attribute(element, "numId")
                self._abstract[number] = value_of(element, "abstractNumId")
                self._restarts[number] = {
                    whole_number(attribute(override, "ilvl")): whole_number(value_of(override, "startOverride"))
                    for override in element.iter("{*}lvlOverride")
                    if value_of(override, "startOverride")
                }

    def mark(self, place: ListPlace) -> str:
        """Return the next mark at a place of a list: "-", "1.", "2.1", "(a)"."""
        abstract = self._abstract.get(place.numbering, "")
        levels = self._levels.get(abstract, {})
        kind, text, start = levels.get(place.level, ("bullet", "", 1))
        counts = self._counts[abstract]
        if place.numbering not in self._begun:
            self._begun.add(place.numbering)
            for level, restart in self._restarts.get(place.numbering, {}).items():
                counts[level] = restart - 1
        counts[place.level] = counts.get(place.level, start - 1) + 1
        for deeper in [level for level in counts if level > place.level]:
            del counts[deeper]
        if kind in ("bullet", "none"):
            return "-" if kind == "bullet" else ""

        def shown(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            other, _, first = levels.get(level, ("decimal", "", 1))
            return formatted(counts.get(level, first), other)

        return " ".join(_PLACEHOLDER.sub(shown, text).split())


def formatted(number: int, kind: str) -> str:
    """Return a number as Word's format shows it."""
    if kind in ("lowerLetter", "upperLetter") and 0 < number < 1000:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman, rest = "", number
        for value, sign in zip(_ROMAN_VALUES, _ROMAN_SIGNS, strict=True):
            roman += sign * (rest // value)
            rest %= value
        return roman.upper() if kind == "upperRoman" else roman
    return f"{number:02}" if kind == "decimalZero" else str(number)


def value_of(parent: Any | None, name: str) -> str:
    """Return the value of a child by its name, "" if there is none."""
    child = child_of(parent, name)
    return "" if child is None else attribute(child, "val")


def list_place(properties: Any | None) -> ListPlace | None:
    """Return the list that properties name."""
    numbering = child_of(properties, "numPr")
    number = value_of(numbering, "numId")
    return ListPlace(number, min(whole_number(value_of(numbering, "ilvl")), 8)) if number else None


def is_on(properties: Any | None, name: str) -> bool:
    """Return True if properties switch something on, such as `b` for bold."""
    child = child_of(properties, name)
    return child is not None and attribute(child, "val").lower() not in ("0", "false", "off", "none")


def _heading_level(outline: str) -> int:
    """Return the level, from 1, of a heading with this outline level, from 0; 0 for that of body text."""
    number = whole_number(outline, _BODY_LEVEL)
    return number + 1 if number < _BODY_LEVEL else 0


def _style(element: Any) -> Style:
    name = value_of(element, "name").strip().lower()
    properties = child_of(element, "pPr")
    outline = value_of(properties, "outlineLvl")
    match = _HEADING_NAME.match(name)
    level: int | None = None
    if outline.isdecimal():
        level = _heading_level(outline)
    elif match:
        level = int(match[1]) or 1
    elif name == "title":
        level = 1
    elif name in ("subtitle", "normal") or name.startswith("toc "):
        level = 0
    is_bold = is_on(child_of(element, "rPr"), "b")
    is_caption = name.startswith(_CAPTION_NAMES)
    return Style(level, is_caption, list_place(properties), is_bold, value_of(element, "basedOn"))


def _level(element: Any) -> tuple[int, tuple[str, str, int]]:
    start = value_of(element, "start")
    kind, text = value_of(element, "numFmt") or "decimal", value_of(element, "lvlText")
    return whole_number(attribute(element, "ilvl")), (kind, text, whole_number(start) if start else 1)
