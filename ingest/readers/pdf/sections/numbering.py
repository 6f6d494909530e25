"""Read the number that a heading begins with: "7.2", "Item 7.", "Note 4", "Chapter 3", "Appendix A" (pure)."""

import re
from typing import NamedTuple

_ROMAN = r"[IVXLC]{1,7}"
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_VALUE = rf"(?:\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[A-Z]?|{_ROMAN}|[A-Z]|{_WORDS})(?:\.?\([a-z\d]\))?"
_RANKS = {
    0: "part|book|volume|title|teil|partie|parte|livre|tome",
    1: "chapter|article|item|kapitel|artikel|chapitre|capítulo|capitolo|artículo|articolo|unit|lesson|module",
    2: "appendix|annex|schedule|anhang|anlage|annexe|apéndice|anexo|allegato",
    3: "section|sec\\.|note|abschnitt|sección|sezione|clause|step|topic",
}
_NAMED = re.compile(
    "|".join(rf"(?P<r{rank}>(?:{words})\s+(?:no\.\s*)?(?={_VALUE}(?!\w)))" for rank, words in _RANKS.items()),
    re.IGNORECASE,
)
_NAMED_VALUE = re.compile(rf"{_VALUE}(?!\w)[.:)]?\s*[—–-]?\s*", re.IGNORECASE)
_IDEOGRAPHIC = re.compile(
    r"第[\d一二三四五六七八九十百]{1,5}(?:(?P<r0>[编編部篇卷])|(?P<r1>[章回])|(?P<r3>[节節条條款]))\s*"
)
_PARAGRAPH_SIGN = re.compile(r"§+\s*\d+[a-z]?(?:\.\d+)*\.?\s+")
_DECIMAL = re.compile(r"(?P<value>\d{1,3}(?:\.\d{1,3}){1,5})\.?(?:\s+|(?=[^\W\d_]))|(?P<plain>\d{1,3})(?:[.)]\s*|\s+)")
_APPENDED = re.compile(r"(?P<value>[A-Z](?:\.\d{1,3}){1,4})\.?\s+")
_LETTER = re.compile(rf"(?:{_ROMAN}(?:-[A-Z])?|[A-Z])[.)]\s+|{_ROMAN}\s+(?=[A-Z])")
_BARE = re.compile(
    rf"(?:(?:{'|'.join(_RANKS.values())})\s+)?(?:{_VALUE}|\d{{1,3}}(?:\.\d{{1,3}}){{0,5}})[.:)]?", re.IGNORECASE
)


_FIRST_LETTERS = frozenset(word[:3] for words in _RANKS.values() for word in words.split("|"))


class Number(NamedTuple):
    """The number of a heading: its end in the text, and what it says about the level.

    `rank` is that of the word before it (0 part, 1 chapter, 2 appendix, 3 section), None if there is none. `depth`
    counts the numbers of a decimal ("7.2" has 2), 0 if it is none.
    """

    end: int
    rank: int | None = None
    depth: int = 0


def heading_number(text: str) -> Number | None:
    """Return the number that a text begins with, None if it begins with none, or in lower case."""
    first = text[:1]
    if first.islower() or first.isspace():
        return None
    if text[:3].lower() in _FIRST_LETTERS and (named := _NAMED.match(text)):
        value = _NAMED_VALUE.match(text, named.end())
        rank = next(rank for rank in _RANKS if named[f"r{rank}"])
        return Number(value.end() if value else named.end(), rank)
    if first == "第" and (ideographic := _IDEOGRAPHIC.match(text)):
        return Number(ideographic.end(), next(rank for rank in (0, 1, 3) if ideographic[f"r{rank}"]))
    if first == "§" and (sign := _PARAGRAPH_SIGN.match(text)):
        return Number(sign.end(), 3)
    if first.isdigit():
        return _decimal(text)
    if appended := _APPENDED.match(text):
        return Number(appended.end(), depth=appended["value"].count(".") + 1)
    if letter := _LETTER.match(text):
        return Number(letter.end())
    return None


def _decimal(text: str) -> Number | None:
    if decimal := _DECIMAL.match(text):
        value = decimal["value"] or decimal["plain"]
        return Number(decimal.end(), depth=value.count(".") + 1)
    return None


def is_number_alone(text: str) -> bool:
    """Return True for a heading's number without its title: "7.2", "Item 7."."""
    return bool(_BARE.fullmatch(text.strip()))
