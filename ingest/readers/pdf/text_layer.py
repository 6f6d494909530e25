"""Decide if the text that a PDF states for a page is worth keeping, or if its image had better be recognised.

A scanner may have written nonsense under its image, or a stamp over it; a font may map its glyphs to wrong characters.
Only the words tell, so no dictionary is needed: words of a language have letters of one kind, with vowels among them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from ingest.readers.blocks.geometry import LINE_END_HYPHEN

_EDGES = "()[]{}<>«»„“”‚‘’\"'`.,;:!?…*|/\\-–—_+=~^•·°●○■□▪▫◆◦►▶➢✓✔☐☒%$€£§&#@©®™"
_GLYPH_NAME = re.compile(r"\(cid:\d+\)|/g(?:id)?\d{2,}|/[A-Z]\d{2,}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_NUMBER = re.compile(r"[\d.,:/'’%+\-–()$€£]*\d[\d.,:/'’%+\-–()$€£]*(?:[A-Za-z]{1,4})?")
_PLAIN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+s?|[A-Z][a-z]+[A-Z][a-z]+")
_VOWELS = frozenset("aeiouyAEIOUY")
_FUNCTION_WORDS = frozenset(
    """the of and to in is for that with as on by are be this from or an at it not was
    der die das und ist von zu den mit im für auf nicht eine ein des dem sich werden
    de la le les des et en du un une que pour dans est par sur au aux pas ce qui
    el los las del y se por con una para es al lo como más su no
    il di che per non sono della nel con da i gli e o a os as um uma do da em no na não
    het een van op te dat zijn voor met niet och att det som på av för inte ett i er til af ikke
    ja on ei se na w z do nie jest że a v se že je""".split()
)

_MIN_WORDS = 20
_LONGEST = 40
_FEW_WORDS = 40
_MAX_STRANGE = 0.12
_MAX_ODD_WORDS = 0.4
_MAX_ODD_WITHOUT_FUNCTION_WORDS = 0.12
_LEAST_FUNCTION_WORDS = 0.015
_MIN_LETTERS = 60
_LEAST_VOWELS = 0.22
_PROSE = 0.08
"""Share of function words that only a text which makes sense has: most pages need no closer look."""

_MAX_ODD_IN_SCAN = 0.01
_MIN_SAMPLED = 12
_READ_CHARACTERS = 4_000
_REMEMBERED_WORDS = 16_384

FULL_IMAGE = 0.6
"""Share of the page from which an image is taken for a scan of it."""


def odd_words(text: str) -> float:
    """Return the share of words that no language has, from 0 to 1."""
    words = _words(text)
    return sum(map(_is_odd, words)) / len(words) if words else 0.0


def strange_characters(text: str) -> float:
    """Return the share of characters that show that a font's glyphs have no known meaning."""
    text = text[:_READ_CHARACTERS]
    strange = sum(map(len, _STRANGE.findall(text))) + sum(map(len, _GLYPH_NAME.findall(text)))
    return min(1.0, strange / max(1, len("".join(text.split())))) if strange else 0.0


def is_doubtful(text: str) -> bool:
    """Return True if a page's text may be nonsense."""
    if strange_characters(text) > _MAX_STRANGE:
        return True
    words = _words(text)
    known = sum(word.lower() in _FUNCTION_WORDS for word in words)
    if len(words) < _MIN_WORDS or known > _PROSE * len(words):
        return False
    odd = odd_words(text)
    if odd > _MAX_ODD_WORDS or _has_few_vowels(words):
        return True
    latin = sum(map(str.isascii, words)) * 2 > len(words)
    return latin and odd > _MAX_ODD_WITHOUT_FUNCTION_WORDS and known < _LEAST_FUNCTION_WORDS * len(words)


def _has_few_vowels(words: Sequence[str]) -> bool:
    """Return True for text in Latin letters whose letters stand for others: every language says vowels."""
    letters = [letter for word in words for letter in word if letter.isalpha()]
    latin = sum(map(str.isascii, letters))
    vowels = sum(letter in _VOWELS for letter in letters)
    return latin >= max(_MIN_LETTERS, 0.8 * len(letters)) and vowels < _LEAST_VOWELS * latin


def is_suspect(text: str) -> bool:
    """Return True if a scanner's text has a few words that no language has, and perhaps many wrong ones that it has."""
    return odd_words(text) > _MAX_ODD_IN_SCAN


def agreement(stated: Sequence[str], recognised: Sequence[str]) -> float:
    """Return the share of the recognised lines' words that the stated lines have too; 1 if there are too few."""
    right = count = 0
    for known, seen in zip(stated, recognised, strict=True):
        there = Counter(_LETTERS.findall(known.casefold()))
        words = Counter(_LETTERS.findall(seen.casefold()))
        right += (there & words).total()
        count += words.total()
    return right / count if count >= _MIN_SAMPLED else 1.0


def is_sparse(text: str) -> bool:
    """Return True if the text is so short that an image that fills the page may have much more."""
    return len(_words(text)) < _FEW_WORDS


def is_better(recognised: str, stated: str) -> bool:
    """Return True if recognised text should replace what the file states: more sense in it, or much more text."""
    if strange_characters(stated) > _MAX_STRANGE:
        return bool(recognised)
    if _has_few_vowels(_words(stated)) and not _has_few_vowels(_words(recognised)):
        return True
    more = len(_sensible(recognised)) >= 1.3 * len(_sensible(stated)) + 3
    clearer = odd_words(recognised) < 0.6 * odd_words(stated) and len(recognised) > 0.3 * len(stated)
    return more or clearer


def _sensible(text: str) -> list[str]:
    return [word for word in _words(text) if not _is_odd(word)]


@lru_cache(2)
def _words(text: str) -> list[str]:
    """Return the words without the signs around them; what has no letter or digit is no word. Do not change the list.

    Each page is asked several things about its words.
    """
    stripped = (word.strip(_EDGES) for word in text[:_READ_CHARACTERS].replace(LINE_END_HYPHEN, "").split())
    return [word for word in stripped if len(word) > 1 or word.isalnum()]


@lru_cache(_REMEMBERED_WORDS)
def _is_odd(word: str) -> bool:
    """Return True for a word that mixes letters with other signs, or whose Latin letters cannot be said."""
    if len(word) > _LONGEST or _NUMBER.fullmatch(word):
        return False  # an address, or a number
    if not word.isascii():
        return any(unicodedata.category(character) in ("So", "Sk", "Sm", "Sc", "Cn", "Co") for character in word)
    parts = re.split(r"[-'’/.&,:@_]", word)
    return not all(map(_is_plain, parts))


def _is_plain(part: str) -> bool:
    if not part or part.isdigit():
        return True
    if not _PLAIN.fullmatch(part):
        return False
    return len(part) < 4 or (part.isupper() and len(part) <= 5) or not _VOWELS.isdisjoint(part)
