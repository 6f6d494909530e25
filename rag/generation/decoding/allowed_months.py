"""Months that some texts have, in any language and notation: a date takes its month from no other source."""

import re
from collections.abc import Iterable

from rag.generation.decoding.allowed_figures import plain_figures
from rag.text.normalize import normalize

_NAMES = (
    "january jan januar j\u00e4nner janvier enero",
    "february feb februar f\u00e9vrier febrero",
    "march mar m\u00e4rz mars marzo",
    "april apr avril abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug ao\u00fbt agosto",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez d\u00e9cembre diciembre",
)
_MONTH_OF = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
MONTHS = frozenset(_MONTH_OF)
"""Names of months, short ones too, in small letters."""

_WORD = re.compile(r"[^\W\d_]+")
_NUMERIC = re.compile(
    r"\b(?:\d{4}[-./](\d{1,2})[-./]\d{1,2}|(\d{1,2})[-./](\d{1,2})[-./](?:\d{4}|\d\d))\b|(\d{1,2})\s?\u6708"
)


class AllowedMonths:
    """The months of some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        numbers: set[int] = set()
        for text in map(plain_figures, texts):
            words = {word.lower() for word in (*_WORD.findall(text), *_WORD.findall(normalize(text)))}
            numbers.update(_MONTH_OF[word] for word in words & MONTHS)
            numbers.update(int(part) for parts in _NUMERIC.findall(text) for part in parts if part)
        self._names = frozenset(name for name, number in _MONTH_OF.items() if number in numbers)

    def has(self, word: str) -> bool:
        """Return whether a word is no month, or one of the texts."""
        return word.lower() not in MONTHS or word.lower() in self._names
