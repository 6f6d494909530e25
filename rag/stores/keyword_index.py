"""Keyword search: a BM25 index in tantivy, derived from the library's text.

A text is analysed in its own language, a question in every language that the index holds: so a short question in no
recognisable language finds what it would find in a library of one language. The stems of all languages share a field,
where names and numbers meet.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
from tantivy import Document, Index, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from rag.interfaces import KeywordQuery
from rag.text.analyzer import has_parts, word_parts, words
from rag.text.language import detect_language

_ANALYZED = "citewell_analyzed"
_WRITER_HEAP_BYTES = 64_000_000
_MAX_QUERY_TERMS = 256
_PARTS_WEIGHT = 0.25
_UNKNOWN = "und"
"""The code of ISO 639-2 for an undetermined language: a term cannot be empty."""

_ATTAINABLE = 2.2
"""The most that BM25 gives a word, in units of its inverse document frequency: k1 + 1."""

_PRIOR_TEXTS = 100
_MAX_COUNTED = 2_000
"""Texts of a filter that are looked at, evenly spread, to count how many have a word."""

_MAX_WEIGHED_TERMS = 80
"""In longer queries no single word decides, and counting takes time."""

_WORDS_A_SCORE = 20
"""A score of 32 bits holds sums of so many powers of two exactly."""


class TantivyIndex:
    """A `KeywordIndex` in a folder, or in memory without one. Text in no known language is stemmed as English."""

    def __init__(self, folder: Path | None = None) -> None:
        schema = (
            SchemaBuilder()
            .add_integer_field("id", indexed=True, fast=True)
            .add_text_field("text", tokenizer_name=_ANALYZED, index_option="freq")
            .add_text_field("parts", tokenizer_name=_ANALYZED, index_option="freq")
            .add_text_field("language", tokenizer_name="raw", index_option="basic")
            .build()
        )
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._schema = schema
        self._index = Index(schema, path=str(folder)) if folder else Index(schema)
        self._index.register_tokenizer(_ANALYZED, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._index.reload()
        self._languages = self._count_languages(Query.all_query())

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def add(self, ids: Sequence[int], texts: Sequence[str], languages: Sequence[str] = ()) -> None:
        """Add texts under ids; replace ids already present. Without `languages`, none is known."""
        self.update(ids, ids, texts, languages)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        self.update(ids, (), ())

    def update(
        self, removed: Sequence[int], added: Sequence[int], texts: Sequence[str], languages: Sequence[str] = ()
    ) -> None:
        """Remove and add in one commit."""
        if not removed and not added:
            return
        writer = self._index.writer(_WRITER_HEAP_BYTES, num_threads=1)
        for id_ in removed:
            writer.delete_documents_by_term("id", id_)
        for id_, text, language in zip(added, texts, languages or [""] * len(added), strict=True):
            fields = {
                "id": id_,
                "text": " ".join(words(text, language)),
                "parts": " ".join(word_parts(text, language)),
                "language": language or _UNKNOWN,
            }
            writer.add_document(Document.from_dict(fields, self._schema))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._languages = self._count_languages(Query.all_query())

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(Query.all_query(), searcher.num_docs, count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        return {int(id_) for id_ in found if id_ is not None}

    def languages(self, within: AbstractSet[int] | None = None) -> dict[str, int]:
        """Return the number of texts in each language, the most frequent first; "" is none that is known."""
        return dict(self._languages) if within is None else self._count_languages(self._any_of(sorted(within)))

    def prepare(self, text: str, among: AbstractSet[int] | None = None) -> KeywordQuery:
        """Return the words of a query; with `among`, weighed by their rarity among these ids.

        In one report its company's name says nothing, though it is rare in the library. A few texts say little about
        rarity: with `_PRIOR_TEXTS` of them, that in the library counts as much.
        """
        analysed = [words(text, language) for language in self._languages]
        stems, parts = _first(stem for found in analysed for stem in found), self._query_parts(text)
        searcher = self._index.searcher()
        known = {stem: searcher.doc_freq("text", stem) for stem in stems}
        usual = {stem: _rarity(count, searcher.num_docs) for stem, count in known.items()}
        factors = self._factors(known, usual, among) if among else dict.fromkeys(stems, 1.0)
        weights = {stem: usual[stem] * factor for stem, factor in factors.items()}
        # A text is in one language: of the others' stems it has none.
        sums = [sum(weights.get(stem, 0.0) for stem in dict.fromkeys(found)) for found in analysed if found]
        rarities = (_rarity(searcher.doc_freq("parts", part), searcher.num_docs) for part in parts)
        return KeywordQuery(factors, _ATTAINABLE * (min(sums, default=0.0) + _PARTS_WEIGHT * sum(rarities)), parts)

    def _factors(
        self, known: Mapping[str, int], usual: Mapping[str, float], among: AbstractSet[int]
    ) -> dict[str, float]:
        """Return the factor on the usual weight of each stem: its rarity among these ids instead of all."""
        total = self._index.searcher().num_docs
        if len(known) > _MAX_WEIGHED_TERMS or len(among) >= total:
            return dict.fromkeys(known, 1.0)
        sample = sorted(among)[:: 1 + len(among) // _MAX_COUNTED]
        reliance = len(among) / (len(among) + _PRIOR_TEXTS)
        factors = {}
        for stem, count in zip(known, self._frequencies(list(known), sample), strict=True):
            share = (count + _PRIOR_TEXTS * known[stem] / total) / (len(sample) + _PRIOR_TEXTS)
            factors[stem] = 1 - reliance + reliance * _rarity(share * total, total) / usual[stem]
        return factors

    def search(
        self, query: str | KeywordQuery, limit: int, within: AbstractSet[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, BM25 score) pairs, best first. The query has no syntax and is analysed like text."""
        prepared = self.prepare(query) if isinstance(query, str) else query
        if not prepared.words or limit < 1 or (within is not None and not within):
            return []
        terms = [self._term("text", word, factor) for word, factor in prepared.words.items()]
        terms += [self._term("parts", part, _PARTS_WEIGHT) for part in prepared.parts]
        found = Query.boolean_query([(Occur.Should, term) for term in terms])
        if within is not None:
            found = Query.boolean_query([(Occur.Must, found), (Occur.Must, self._any_of(sorted(within)))])
        searcher = self._index.searcher()
        hits = searcher.search(found, limit, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return [
            (int(id_), float(score))
            for id_, (score, _) in zip(ids, hits, strict=True)
            if id_ is not None and score is not None
        ]

    def _count_languages(self, scope: Query) -> dict[str, int]:
        # Without a scope, removed texts count until they are merged away.
        found = self._index.searcher().terms_with_prefix("language", "", scope)
        return {"" if term == _UNKNOWN else term: count for term, count in found if count}

    def _frequencies(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
        """Return how many of these texts have each word, by one search: a text scores the sum of its words' bits."""
        counts: list[int] = []
        for start in range(0, len(stems), _WORDS_A_SCORE):
            part = stems[start : start + _WORDS_A_SCORE]
            bits = [
                (Occur.Should, Query.const_score_query(Query.term_query(self._schema, "text", word), float(1 << place)))
                for place, word in enumerate(part)
            ]
            query = Query.boolean_query([(Occur.Must, Query.boolean_query(bits)), (Occur.Must, self._any_of(ids))])
            hits = self._index.searcher().search(query, len(ids), count=False).hits
            scores = np.array([score for score, _ in hits], dtype=np.int64)
            counts.extend(int((scores >> place & 1).sum()) for place in range(len(part)))
        return counts

    def _query_parts(self, text: str) -> list[str]:
        """Return the parts of a query's words: in its own language only, or that of each text if it is unknown.

        Only texts in languages with parts can match these, which would put them before all others.
        """
        with_parts = [language for language in self._languages if has_parts(language)]
        if not with_parts or (own := detect_language(text)) not in ("", *with_parts):
            return []
        return _first(part for each in with_parts if own in ("", each) for part in word_parts(text, each))

    def _term(self, field: str, word: str, factor: float) -> Query:
        query = Query.term_query(self._schema, field, word)
        return query if factor == 1.0 else Query.boost_query(query, factor)

    def _any_of(self, ids: Sequence[int]) -> Query:
        return Query.const_score_query(Query.term_set_query(self._schema, "id", ids), 0.0)


def _rarity(count: float, total: int) -> float:
    """Return the inverse document frequency as BM25 has it."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _first(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(terms))[:_MAX_QUERY_TERMS]
