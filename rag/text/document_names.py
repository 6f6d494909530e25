"""Use the names of documents (pure): as context of their chunks in search, and to see which ones a question names."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

MAX_CONTEXT_CHARACTERS = 125
"""A token has at least one character, so this leaves half of a window of 256 tokens to the text."""

_MIN_NAMED_SHARE = 0.5
_SUFFIX = re.compile(r"\.(pdf|txt|text|md|markdown)$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[_\s]+|(?<=\w)-(?=\w)")
_NAME_WORD = re.compile(r"[A-Za-z]+\d*|\d+[A-Za-z]*")
_PART = re.compile(r"[a-z]+|\d+")
_TAG = re.compile(r"[a-z]\d")
"""One letter and one digit ("q2", "v1") stay together; longer mixtures also match by their parts ("fy2018")."""


def readable_name(name: str) -> str:
    """Return a file name as words: "ACME 2018 10K" for "ACME_2018_10K.pdf"."""
    return _SEPARATORS.sub(" ", _SUFFIX.sub("", name)).strip()


def with_context(name: str, heading: str, text: str) -> str:
    """Return a chunk's text below its context, as it is embedded."""
    return f"{context_of(name, heading)[:MAX_CONTEXT_CHARACTERS]}\n{text}".strip()


def context_of(name: str, heading: str) -> str:
    """Return the context of a chunk: its document's name, then its heading or the head of its page."""
    return " › ".join(part for part in (readable_name(name), heading) if part)


class NameMatcher:
    """Find the documents that a question names, by words that few names share.

    A document's score is the inverse document frequency (IDF) mass of the words of its name that the question has,
    relative to the best document. A document counts as named only if the question has at least half of the mass of its
    name: sharing a word or two with a long title is not naming it.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for id_, name in names.items():
            for word in _name_words(name):
                postings[word].append(id_)
        total = len(names)
        self._weight = {
            word: math.log(1 + (total - len(ids) + 0.5) / (len(ids) + 0.5)) for word, ids in postings.items()
        }
        self._postings = dict(postings)
        self._mass: defaultdict[int, float] = defaultdict(float)
        for word, ids in postings.items():
            for id_ in ids:
                self._mass[id_] += self._weight[word]

    def scores(self, question: str) -> dict[int, float]:
        """Return the documents that the question names, with scores in (0, 1]."""
        mass: defaultdict[int, float] = defaultdict(float)
        for word in _question_words(question) & self._postings.keys():
            for id_ in self._postings[word]:
                mass[id_] += self._weight[word]
        named = {id_: value for id_, value in mass.items() if value >= _MIN_NAMED_SHARE * self._mass[id_]}
        best = max(named.values(), default=0.0)
        return {id_: value / best for id_, value in named.items()} if best > 0 else {}


def _name_words(name: str) -> set[str]:
    words: set[str] = set()
    for word in (match.lower() for match in _NAME_WORD.findall(readable_name(name))):
        words.add(word)
        if not _TAG.fullmatch(word):
            words.update(_PART.findall(word))
    return {word for word in words if len(word) > 1}


def _question_words(question: str) -> set[str]:
    """Return words, joined neighbours ("Best Buy" names BESTBUY) and the parts of mixtures ("FY2018" names 2018)."""
    words = re.findall(r"[a-z0-9]+", question.lower())
    found = {*words, *(a + b for a, b in pairwise(words))}
    for word in words:
        if re.fullmatch(r"[a-z]+\d+|\d+[a-z]+", word):
            found.update(_PART.findall(word))
    return found
