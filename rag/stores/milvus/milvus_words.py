"""Keyword search in Milvus: BM25 as the product of sparse vectors, over words that are analysed as everywhere."""

import json
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from pymilvus import DataType

from rag.interfaces import KeywordQuery
from rag.stores.keyword_terms import ATTAINABLE, PARTS_WEIGHT, Kind, WordIndex, rarity
from rag.stores.milvus.milvus_collection import MilvusCollection
from rag.stores.milvus.milvus_vectors import MOST_FOUND
from rag.stores.milvus.term_vectors import MOST_TERMS, place, term_vector

_LANGUAGE_LENGTH = 16


@dataclass(slots=True)
class _Counts:
    """Numbers of texts as they were when first asked for since the last change."""

    languages: dict[str, int] | None = None
    of_term: dict[int, int] = field(default_factory=dict)


class MilvusKeywordIndex(WordIndex):
    """A `KeywordIndex` over a collection. Counts are those of the last `reload`."""

    def __init__(self, collection: MilvusCollection) -> None:
        self.collection = collection
        self._counts = _Counts()

    def create(self) -> None:
        """Create the collection empty, in place of what there is."""
        self.collection.create(self._add_fields)

    def reload(self) -> None:
        """Forget what was counted: others may have changed it."""
        self._counts = _Counts()

    def add(self, ids: Sequence[int], texts: Sequence[str], languages: Sequence[str] = ()) -> None:
        """Add texts under ids; replace ids already present. Without `languages`, none is known."""
        rows = []
        for id_, text, language in zip(ids, texts, languages or [""] * len(ids), strict=True):
            vector = term_vector(text, language)
            rows.append({"id": id_, "words": vector.weights, "terms": vector.terms, "language": language})
        self.collection.upsert(rows)
        self.reload()

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        self.collection.delete(ids)
        self.reload()

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        return self.collection.ids()

    def total(self) -> int:
        """Return the number of texts."""
        return sum(self._all_languages().values())

    def languages(self, within: AbstractSet[int] | None = None) -> dict[str, int]:
        """Return the number of texts in each language, the most frequent first; "" is none that is known."""
        if within is None:
            return dict(self._all_languages())
        return self._counted(list(self._all_languages()), sorted(within))

    def frequencies(self, kind: Kind, words: Sequence[str]) -> list[int]:
        """Return how many texts have each word, or each part of a word."""
        known = self._counts.of_term
        places = [place(kind, word) for word in words]
        for term in places:
            if term not in known:
                known[term] = self.collection.count(f"array_contains(terms, {term})")
        return [known[term] for term in places]

    def frequencies_among(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
        """Return how many of these texts have each word."""
        places = [place("text", stem) for stem in stems]
        wanted, counted = set(places), Counter[int]()
        for row in self.collection.rows(ids, ["terms"]):
            counted.update(wanted.intersection(row["terms"]))
        return [counted[term] for term in places]

    def _best(self, query: KeywordQuery, limit: int, within: AbstractSet[int] | None) -> list[tuple[int, float]]:
        weights = self._weights(query)
        if not weights:
            return []
        return self.collection.nearest(weights, min(limit, MOST_FOUND), within, field="words")

    def _weights(self, query: KeywordQuery) -> dict[int, float]:
        """Return the vector of a query, of the words that any text has."""
        total = self.total()
        weights: dict[int, float] = {}
        words: tuple[tuple[Kind, Sequence[str]], ...] = (("text", list(query.words)), ("parts", query.parts))
        for kind, asked in words:
            for word, texts in zip(asked, self.frequencies(kind, asked), strict=True):
                factor = query.words[word] if kind == "text" else PARTS_WEIGHT
                if texts and factor > 0:
                    weights[place(kind, word)] = ATTAINABLE * rarity(texts, total) * factor
        return weights

    def _all_languages(self) -> dict[str, int]:
        counts = self._counts
        if counts.languages is None:
            counts.languages = self._counted(self._found_languages(), None)
        return counts.languages

    def _found_languages(self) -> list[str]:
        """Return the languages of all texts: one text after another of those in no language found before."""
        found: list[str] = []
        while (language := self.collection.first(f"language not in {json.dumps(found)}", "language")) is not None:
            found.append(language)
        return found

    def _counted(self, languages: Sequence[str], within: Sequence[int] | None) -> dict[str, int]:
        counts = {
            language: self.collection.count(f"language == {json.dumps(language)}", within) for language in languages
        }
        return {each: counts[each] for each in sorted(counts, key=lambda each: (-counts[each], each)) if counts[each]}

    def _add_fields(self, schema: Any, index: Any) -> None:
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("terms", DataType.ARRAY, element_type=DataType.INT64, max_capacity=MOST_TERMS)
        schema.add_field("language", DataType.VARCHAR, max_length=_LANGUAGE_LENGTH)
        index.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        if self.collection.indexes_fields():
            index.add_index("terms", index_type="INVERTED")  # how many texts have a word
            index.add_index("language", index_type="INVERTED")
