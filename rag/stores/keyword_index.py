"""Keyword search: a BM25 index in tantivy, derived from the library's text.

The stems of all languages share a field, where names and numbers meet.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np
from tantivy import Document, Index, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from rag.interfaces import KeywordQuery
from rag.stores.keyword_terms import PARTS_WEIGHT, Kind, WordIndex
from rag.text.analyzer import word_parts, words

_ANALYZED = "citewell_analyzed"
_WRITER_HEAP_BYTES = 64_000_000
_UNKNOWN = "und"
"""The code of ISO 639-2 for an undetermined language: a term cannot be empty."""

_WORDS_A_SCORE = 20
"""A score of 32 bits holds sums of so many powers of two exactly."""


class TantivyIndex(WordIndex):
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

    def total(self) -> int:
        """Return the number of texts."""
        return self._index.searcher().num_docs

    def frequencies(self, kind: Kind, words: Sequence[str]) -> list[int]:
        """Return how many texts have each word, or each part of a word."""
        searcher = self._index.searcher()
        return [searcher.doc_freq(kind, word) for word in words]

    def _best(self, query: KeywordQuery, limit: int, within: AbstractSet[int] | None) -> list[tuple[int, float]]:
        if not query.words:
            return []
        terms = [self._term("text", word, factor) for word, factor in query.words.items()]
        terms += [self._term("parts", part, PARTS_WEIGHT) for part in query.parts]
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

    def frequencies_among(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
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

    def _term(self, field: str, word: str, factor: float) -> Query:
        query = Query.term_query(self._schema, field, word)
        return query if factor == 1.0 else Query.boost_query(query, factor)

    def _any_of(self, ids: Sequence[int]) -> Query:
        return Query.const_score_query(Query.term_set_query(self._schema, "id", ids), 0.0)
