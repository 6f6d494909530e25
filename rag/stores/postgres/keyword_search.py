"""Keyword search in PostgreSQL's full text: BM25 over words that are analysed as everywhere in Citewell.

PostgreSQL's own parser knows no Chinese or Japanese, and its ranking no rarity of words. So a text is stored as the
stems of its own language, each at as many places as it has in the text, and each stem with the texts that have it
(`postings`). Scores are computed from the number of places, the length, and how many texts have the word: here over the
postings, and in SQL for a few texts that are known.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np

from rag.interfaces import KeywordQuery
from rag.stores.keyword_terms import ATTAINABLE, PARTS_WEIGHT, Kind, WordIndex, rarity
from rag.stores.postgres import postings
from rag.stores.postgres.dialect import PostgresConnection, clean
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.text.analyzer import word_parts, words

_MAX_PLACES = 255
_PLACES = [",".join(map(str, range(1, times + 1))) for times in range(_MAX_PLACES + 1)]
_FEW_TEXTS = 1_000
"""Texts of a filter that are scored one by one: of more, those with the words of a query are looked up."""

_COPY = b"COPY keywords (chunk_id, language, length, parts_length, words, parts) FROM STDIN"
_COUNT_ADDED = b"""
    INSERT INTO word_counts AS c (is_part, word, texts)
    SELECT false, each.lexeme, count(*) FROM keywords, unnest(words) AS each WHERE chunk_id = ANY(%(ids)s) GROUP BY 2
    UNION ALL
    SELECT true, each.lexeme, count(*) FROM keywords, unnest(parts) AS each WHERE chunk_id = ANY(%(ids)s) GROUP BY 2
    ON CONFLICT (is_part, word) DO UPDATE SET texts = c.texts + excluded.texts
"""
_COUNT_LANGUAGES = b"""
    INSERT INTO language_counts AS c (language, texts, words, parts)
    SELECT language, count(*), sum(length), sum(parts_length) FROM keywords WHERE chunk_id = ANY(%(ids)s) GROUP BY 1
    ON CONFLICT (language) DO UPDATE
    SET texts = c.texts + excluded.texts, words = c.words + excluded.words, parts = c.parts + excluded.parts
"""
_REMOVE = b"""
    WITH gone AS (DELETE FROM keywords WHERE chunk_id = ANY(%(ids)s) RETURNING *),
    fewer AS (
        UPDATE word_counts c SET texts = c.texts - n.texts FROM (
            SELECT false AS is_part, each.lexeme, count(*) AS texts FROM gone, unnest(gone.words) AS each GROUP BY 2
            UNION ALL
            SELECT true, each.lexeme, count(*) FROM gone, unnest(gone.parts) AS each GROUP BY 2
        ) n WHERE c.is_part = n.is_part AND c.word = n.lexeme
    )
    UPDATE language_counts c SET texts = c.texts - n.texts, words = c.words - n.words, parts = c.parts - n.parts
    FROM (
        SELECT language, count(*) AS texts, sum(length) AS words, sum(parts_length) AS parts FROM gone GROUP BY 1
    ) n WHERE c.language = n.language
"""
_FORGET_WORDS = b"DELETE FROM word_counts WHERE texts <= 0"

_FREQUENCIES = b"""
    SELECT coalesce(c.texts, 0) FROM unnest(%s::text[]) WITH ORDINALITY AS asked(word, place)
    LEFT JOIN word_counts c ON c.is_part = %s AND c.word = asked.word ORDER BY asked.place
"""
_AMONG = b"""
    WITH chosen AS MATERIALIZED (SELECT words FROM keywords WHERE chunk_id = ANY(%s))
    SELECT (SELECT count(*) FROM chosen WHERE chosen.words @@ CAST(asked.word AS tsquery))
    FROM unnest(%s::text[]) WITH ORDINALITY AS asked(word, place) ORDER BY asked.place
"""
_SEARCH = b"""
    SELECT k.chunk_id, sum(asked.weight * found.times / (found.times + 1.2 * (0.25 + 0.75 * CASE
        WHEN asked.is_part THEN k.parts_length / %(mean_parts)s::float8 ELSE k.length / %(mean_words)s::float8 END)))
        AS score
    FROM keywords k
    CROSS JOIN unnest(%(terms)s::tsquery[], %(weights)s::float8[], %(is_part)s::bool[]) AS asked(term, weight, is_part)
    CROSS JOIN LATERAL (
        SELECT occurrences(CASE WHEN asked.is_part THEN k.parts ELSE k.words END, asked.term) AS times
    ) AS found
    WHERE k.chunk_id = ANY(%(within)s) AND found.times > 0
    GROUP BY k.chunk_id ORDER BY score DESC, k.chunk_id LIMIT %(limit)s
"""


@dataclass(slots=True)
class _Counts:
    languages: dict[str, int] = field(default_factory=dict)
    words: int = 0
    parts: int = 0

    @property
    def texts(self) -> int:
        return sum(self.languages.values())


class FullTextIndex(WordIndex):
    """A `KeywordIndex` over the table `keywords`. Counts are those of the last `reload`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._counts = _Counts()
        self.reload()

    def reload(self) -> None:
        """Read the number of texts and their length again: others may have changed them."""
        with self._database.reading() as db:
            rows = db.execute("SELECT language, texts, words, parts FROM language_counts WHERE texts > 0").fetchall()
        rows.sort(key=lambda row: (-row[1], row[0]))
        languages = {language: texts for language, texts, *_ in rows}
        self._counts = _Counts(languages, sum(row[2] for row in rows), sum(row[3] for row in rows))

    def add(self, ids: Sequence[int], texts: Sequence[str], languages: Sequence[str] = ()) -> None:
        """Add texts under ids; replace ids already present. Without `languages`, none is known."""
        with self._database.writing() as db:
            update(db, (), ids, texts, languages or [""] * len(ids))
        self.reload()

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        with self._database.writing() as db:
            update(db, ids, (), (), ())
        self.reload()

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        with self._database.reading() as db:
            return {row[0] for row in db.execute("SELECT chunk_id FROM keywords")}

    def total(self) -> int:
        """Return the number of texts."""
        return self._counts.texts

    def languages(self, within: AbstractSet[int] | None = None) -> dict[str, int]:
        """Return the number of texts in each language, the most frequent first; "" is none that is known."""
        if within is None:
            return dict(self._counts.languages)
        query = b"SELECT language, count(*) FROM keywords WHERE chunk_id = ANY(%s) GROUP BY 1 ORDER BY 2 DESC, 1"
        with self._database.reading() as db:
            return dict(db.raw.execute(query, (sorted(within),)).fetchall())

    def frequencies(self, kind: Kind, words: Sequence[str]) -> list[int]:
        """Return how many texts have each word, or each part of a word."""
        if not words:
            return []
        asked = [clean(word) for word in words]
        with self._database.reading() as db:
            return [row[0] for row in db.raw.execute(_FREQUENCIES, (asked, kind == "parts"))]

    def frequencies_among(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
        """Return how many of these texts have each word."""
        with self._database.reading() as db:
            rows = db.raw.execute(_AMONG, (list(ids), [_quoted(clean(stem)) for stem in stems]))
            return [row[0] for row in rows]

    def _best(self, query: KeywordQuery, limit: int, within: AbstractSet[int] | None) -> list[tuple[int, float]]:
        terms = self._terms(query)
        if not terms:
            return []
        chosen = None if within is None else sorted(within)
        if chosen is not None and len(chosen) <= _FEW_TEXTS:
            return self._scored(terms, chosen, limit)
        found = postings.best(terms, self._read, self._means(), limit, None if chosen is None else np.asarray(chosen))
        if found.left:
            return self._scored(terms, found.ids.tolist(), limit)
        order = np.lexsort((found.ids, -found.scores))[:limit]
        return list(zip(found.ids[order].tolist(), found.scores[order].tolist(), strict=True))

    def _read(self, asked: Sequence[postings.Word]) -> list[tuple[postings.Ids, postings.Postings]]:
        with self._database.reading() as db:
            return postings.read(db, asked)

    def _means(self) -> tuple[float, float]:
        """Return the mean numbers of words and of parts of a text."""
        counts = self._counts
        return max(counts.words / counts.texts, 1e-9), max(counts.parts / counts.texts, 1e-9)

    def _terms(self, query: KeywordQuery) -> list[postings.Term]:
        """Return the terms of a query that any text has, the rarest first."""
        counts = self._counts
        words, parts = list(query.words), list(query.parts)
        found = [
            postings.Term(texts, clean(word), ATTAINABLE * rarity(texts, counts.texts) * query.words[word], False)
            for word, texts in zip(words, self.frequencies("text", words), strict=True)
        ]
        found += [
            postings.Term(texts, clean(part), ATTAINABLE * rarity(texts, counts.texts) * PARTS_WEIGHT, True)
            for part, texts in zip(parts, self.frequencies("parts", parts), strict=True)
        ]
        return sorted(term for term in found if term.texts)

    def _scored(self, terms: Sequence[postings.Term], ids: Sequence[int], limit: int) -> list[tuple[int, float]]:
        """Return the best of these texts."""
        mean_words, mean_parts = self._means()
        values = {
            "terms": [_quoted(term.lexeme) for term in terms],
            "weights": [term.weight for term in terms],
            "is_part": [term.is_part for term in terms],
            "mean_words": mean_words,
            "mean_parts": mean_parts,
            "within": list(ids),
            "limit": limit,
        }
        with self._database.reading() as db:
            rows = db.raw.execute(_SEARCH, values, prepare=False).fetchall()
        return [(id_, float(score)) for id_, score in rows]


def update(
    db: PostgresConnection,
    removed: Sequence[int],
    added: Sequence[int],
    texts: Sequence[str],
    languages: Sequence[str],
) -> None:
    """Remove and add texts inside the caller's transaction; replace ids already present."""
    if gone := [*removed, *added]:
        postings.remove(db, gone)
        db.raw.execute(_REMOVE, {"ids": gone})
    if added:
        counted = [
            {False: Counter(map(clean, words(text, language))), True: Counter(map(clean, word_parts(text, language)))}
            for text, language in zip(texts, languages, strict=True)
        ]
        with db.raw.cursor().copy(_COPY) as copy:
            for id_, language, each in zip(added, languages, counted, strict=True):
                lengths = each[False].total(), each[True].total()
                copy.write_row((id_, language, *lengths, vector(each[False]), vector(each[True])))
        postings.add(db, zip(added, counted, strict=True))
        db.raw.execute(_COUNT_ADDED, {"ids": list(added)})
        db.raw.execute(_COUNT_LANGUAGES, {"ids": list(added)})
    db.raw.execute(_FORGET_WORDS)


def vector(counted: Mapping[str, int]) -> str:
    """Return words as a tsvector is written: each at as many places as there are of it."""
    return " ".join(f"{_quoted(lexeme)}:{_PLACES[min(times, _MAX_PLACES)]}" for lexeme, times in counted.items())


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
