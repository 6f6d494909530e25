"""The words that a chunk is found by, and those of a query, weighed by rarity: for every keyword index alike.

A text is analysed in its own language, a question in every language that the index holds: so a short question in no
recognisable language finds what it would find in a library of one language.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Literal

from rag.interfaces import KeywordQuery
from rag.text.analyzer import has_parts, word_parts, words
from rag.text.document_names import short_context
from rag.text.language import detect_language, passage_languages
from rag.types import Chunk

FORMAT = 8
"""Incremented when texts are analysed in another way: an index of another format is built anew."""

PARTS_WEIGHT = 0.25
"""Weight of a part of a word against a word."""

_MAX_QUERY_TERMS = 256
ATTAINABLE = 2.2
"""The most that BM25 gives a word, in units of its inverse document frequency: k1 + 1."""

_PRIOR_TEXTS = 100
_MAX_COUNTED = 2_000
"""Texts of a filter that are looked at, evenly spread, to count how many have a word."""

_MAX_WEIGHED_TERMS = 80
"""In longer queries no single word decides, and counting takes time."""

Kind = Literal["text", "parts"]


class WordIndex(ABC):
    """A `KeywordIndex` whose words are weighed by what it counts."""

    def prepare(self, text: str, among: AbstractSet[int] | None = None) -> KeywordQuery:
        """Return the words of a query; with `among`, weighed by their rarity among these ids.

        In one report its company's name says nothing, though it is rare in the library. A few texts say little about
        rarity: with `_PRIOR_TEXTS` of them, that in the library counts as much.
        """
        languages = list(self.languages())
        analysed = [words(text, language) for language in languages]
        stems, parts = _first(stem for found in analysed for stem in found), _query_parts(text, languages)
        total = self.total()
        known = dict(zip(stems, self.frequencies("text", stems), strict=True))
        usual = {stem: rarity(count, total) for stem, count in known.items()}
        factors = self._factors(known, usual, among) if among else dict.fromkeys(stems, 1.0)
        weights = {stem: usual[stem] * factor for stem, factor in factors.items()}
        # A text is in one language: of the others' stems it has none.
        sums = [sum(weights.get(stem, 0.0) for stem in dict.fromkeys(found)) for found in analysed if found]
        rarities = (rarity(count, total) for count in self.frequencies("parts", parts))
        return KeywordQuery(factors, ATTAINABLE * (min(sums, default=0.0) + PARTS_WEIGHT * sum(rarities)), parts)

    def search(
        self, query: str | KeywordQuery, limit: int, within: AbstractSet[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, BM25 score) pairs, best first. The query has no syntax and is analysed like text."""
        prepared = self.prepare(query) if isinstance(query, str) else query
        if limit < 1 or (within is not None and not within):
            return []
        return self._best(prepared, limit, within)

    @abstractmethod
    def total(self) -> int:
        """Return the number of texts."""

    @abstractmethod
    def languages(self, within: AbstractSet[int] | None = None) -> dict[str, int]:
        """Return the number of texts in each language, the most frequent first; "" is none that is known."""

    @abstractmethod
    def frequencies(self, kind: Kind, words: Sequence[str]) -> list[int]:
        """Return how many texts have each word, or each part of a word."""

    @abstractmethod
    def frequencies_among(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
        """Return how many of these texts have each word."""

    @abstractmethod
    def _best(self, query: KeywordQuery, limit: int, within: AbstractSet[int] | None) -> list[tuple[int, float]]:
        """Return the best (id, BM25 score) pairs, best first, of these ids or of all."""

    def _factors(
        self, known: Mapping[str, int], usual: Mapping[str, float], among: AbstractSet[int]
    ) -> dict[str, float]:
        """Return the factor on the usual weight of each stem: its rarity among these ids instead of all."""
        total = self.total()
        if len(known) > _MAX_WEIGHED_TERMS or len(among) >= total:
            return dict.fromkeys(known, 1.0)
        sample = sorted(among)[:: 1 + len(among) // _MAX_COUNTED]
        reliance = len(among) / (len(among) + _PRIOR_TEXTS)
        factors = {}
        for stem, count in zip(known, self.frequencies_among(list(known), sample), strict=True):
            share = (count + _PRIOR_TEXTS * known[stem] / total) / (len(sample) + _PRIOR_TEXTS)
            factors[stem] = 1 - reliance + reliance * rarity(share * total, total) / usual[stem]
        return factors


def keyword_text(chunk: Chunk) -> str:
    """Return a chunk's text after its context twice: a word in a title or heading weighs more than one in the text."""
    context = short_context(chunk.title, chunk.heading)
    return f"{context}\n{context}\n{chunk.text}"


def indexed_texts(chunks: Sequence[Chunk]) -> tuple[list[int], list[str], list[str]]:
    """Return the ids of chunks, their texts, and the language of each, those of a document considered together."""
    found: dict[int, str] = {}
    for _, group in groupby(sorted(chunks, key=lambda chunk: chunk.document_id), key=lambda chunk: chunk.document_id):
        document = list(group)
        found.update(zip((c.id for c in document), passage_languages([c.text for c in document]), strict=True))
    ids = [chunk.id for chunk in chunks]
    return ids, [keyword_text(chunk) for chunk in chunks], [found[id_] for id_ in ids]


def _query_parts(text: str, languages: Sequence[str]) -> list[str]:
    """Return the parts of a query's words: in its own language only, or that of each text if it is unknown.

    Only texts in languages with parts can match these, which would put them before all others.
    """
    with_parts = [language for language in languages if has_parts(language)]
    if not with_parts or (own := detect_language(text)) not in ("", *with_parts):
        return []
    return _first(part for each in with_parts if own in ("", each) for part in word_parts(text, each))


def rarity(count: float, total: int) -> float:
    """Return the inverse document frequency as BM25 has it."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _first(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(terms))[:_MAX_QUERY_TERMS]
