"""Names that some texts have: which capitalised words may be written, in any of their forms.

No list of names is needed, nor one of words: a tokenizer's vocabulary is sorted by how often its corpus has each piece,
and an ordinary word is more often written small ("president", "however"), a name with a capital ("Roosevelt").
"""

import re
from collections.abc import Iterable, Mapping

from rag.generation.decoding.allowed_figures import has_beginning
from rag.text.normalize import normalize

_WORD = re.compile(r"[^\W\d_]+")
_CAPITALISED_RUN = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+){1,7}")
WORD_STARTS = "\u0120\u2581"
"""Marks of byte-level BPE and SentencePiece for the space before a word."""

_MOSTLY_CAPITALISED = 4
"""A word is a name if its capitalised piece comes so many times earlier in the vocabulary than the other."""

_ENDING, _LEAST_STEM = 4, 4
"""America has Americans, Germany German: names of one stem that differ in so many last letters."""


class OrdinaryWords:
    """Ordinary words and names as a tokenizer's vocabulary, pieces with their numbers, tells them apart."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        pieces = {piece[1:]: id_ for piece, id_ in vocabulary.items() if piece[:1] in WORD_STARTS and piece}
        words = {word: id_ for word, id_ in pieces.items() if len(word) > 1 and word.isascii() and word.isalpha()}
        ordinary = {
            word
            for word, id_ in words.items()
            if word.islower() and id_ <= _MOSTLY_CAPITALISED * words.get(word.capitalize(), id_)
        }
        self._ordinary = frozenset(ordinary)
        self._sorted = sorted(ordinary)
        self._names = frozenset(word.lower() for word in words if word[0].isupper() and word.lower() not in ordinary)

    def has(self, word: str) -> bool:
        """Return whether a word, in small letters, is an ordinary one."""
        return word in self._ordinary

    def may_begin(self, beginning: str) -> bool:
        """Return whether an ordinary word begins with these small letters."""
        return has_beginning(self._sorted, beginning)

    def is_name(self, word: str) -> bool:
        """Return whether a word, in small letters, is known to be capitalised as a rule."""
        return word in self._names


class AllowedNames:
    """The names of some texts, beside ordinary words. A word is asked for as written; `first`: it begins a sentence."""

    def __init__(self, texts: Iterable[str], ordinary: OrdinaryWords) -> None:
        self._ordinary = ordinary
        self._words: set[str] = set()
        self._cut: set[str] = set()
        self._much_cut: set[str] = set()
        for text in texts:
            found = {*_WORD.findall(text), *_WORD.findall(normalize(text))}
            self._words.update(word.casefold() for word in found)
            self._words.update(_acronyms(text))
            for word in (word.casefold() for word in found if word[0].isupper()):
                shorter = [word[: len(word) - cut] for cut in range(_ENDING + 1) if len(word) - cut >= _LEAST_STEM]
                self._cut.update(shorter[:2])
                self._much_cut.update(shorter)
        self._sorted = sorted(self._words)

    def has(self, word: str, *, first: bool) -> bool:
        """Return whether a whole capitalised word may stand here."""
        small = word.casefold()
        if len(small) == 1 or small in self._words or self._ordinary.has(small) or self._is_form(small):
            return True
        return first and not self._ordinary.is_name(small)

    def may_begin(self, beginning: str, *, first: bool) -> bool:
        """Return whether a capitalised word that may stand here can begin so."""
        small = beginning.casefold()
        if first or len(small) == 1 or self._is_form(small):
            return True
        return has_beginning(self._sorted, small) or self._ordinary.may_begin(small)

    def _is_form(self, small: str) -> bool:
        """Return whether the word has the stem of a name of the texts."""
        if small in self._much_cut or small[:-1] in self._much_cut:
            return True
        return any(small[: len(small) - cut] in self._cut for cut in range(_ENDING + 1))


def _acronyms(text: str) -> set[str]:
    """Return the initials of words that follow one another, as small letters: "gdp" of "gross domestic product"."""
    found: set[str] = set()
    for run in _CAPITALISED_RUN.findall(text):
        initials = "".join(word[0] for word in _WORD.findall(run)).casefold()
        found.update(initials[start:end] for start in range(len(initials)) for end in range(start + 2, start + 7))
    return found
