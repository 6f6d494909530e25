"""A library of any size in PostgreSQL, made of real passages: their text repeated, their vectors repeated with noise.

Rows go into the tables by COPY, as `citewell library copy` writes them, and words as the keyword index writes them; the
counts of words and the index over vectors are made at the end. Documents have 20 chunks, one page each, and belong to
100 owners in turn.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from benchmarks.load.search import with_noise
from rag.interfaces import Vectors
from rag.stores.keyword_terms import FORMAT
from rag.stores.postgres import keyword_search, postings
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.vector_search import copy_vectors, drop_index, ensure_index
from rag.text.analyzer import words

OWNERS = 100
CHUNKS_PER_DOCUMENT = 20
_BATCH = 20_000
_VECTORS = 2_000
_TABLES = (
    ("documents", "id, name, source, owner, sha256, recipe, size, added_at"),
    ("ledger", "source, owner, name, state, reason, note, sha256, size, at, document_id"),
    ("pages", "document_id, number, label, text"),
    ("chunks", 'id, document_id, page, start, "end", heading, generation'),
)
_INDEXES = ("keywords_by_language",)
_AT = "2026-11-27T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Originals:
    """Real texts, and real unit vectors, shape (vectors, dimension). A chunk has one of each, each in turn."""

    texts: Sequence[str]
    vectors: Vectors


class Library:
    """Grows to so many chunks. `seconds` are those of each kind of work, of all calls together."""

    def __init__(self, db: psycopg.Connection[Any], originals: Originals) -> None:
        self._db = db
        self._originals = originals
        self._stems: dict[int, tuple[Counter[str], str]] = {}
        self._generator = np.random.default_rng(7)
        self.seconds: dict[str, float] = {}
        self.chunks = 0

    def grow(self, chunks: int) -> None:
        """Add chunks until there are so many, and make the indexes anew."""
        (definitions,) = zip(*self._db.execute(_DEFINITIONS, (list(_INDEXES),)).fetchall(), strict=True)
        for name in _INDEXES:
            self._db.execute(f"DROP INDEX IF EXISTS {name}".encode())
        drop_index(PostgresConnection(self._db))
        while self.chunks < chunks:
            ids = range(self.chunks + 1, min(self.chunks + _BATCH, chunks) + 1)
            self._timed("rows", self._insert_rows, ids)
            self._timed("vectors", self._insert_vectors, ids)
            self._timed("words", self._insert_words, ids)
            self.chunks = ids[-1]
        for definition in definitions:
            self._db.execute(definition.encode())
        self._timed("counts of words", self._count_words)
        self._timed("index over vectors", self._index_vectors)
        self._db.execute(b"VACUUM ANALYZE")

    def _timed(self, what: str, work: Any, *values: Any) -> None:
        begun = time.perf_counter()
        work(*values)
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - begun

    def _insert_rows(self, ids: range) -> None:
        for table, columns in _TABLES:
            with self._db.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in getattr(self, f"_{table}")(ids):
                    copy.write_row(row)

    def _documents(self, ids: range) -> Iterator[tuple[Any, ...]]:
        for number in _document_numbers(ids):
            yield number, f"document {number}", f"/{number}", owner_of(number), str(number), "made", 1, _AT

    def _ledger(self, ids: range) -> Iterator[tuple[Any, ...]]:
        for number in _document_numbers(ids):
            owner = owner_of(number)
            yield f"/{number}", owner, f"document {number}", "ready", "", "", str(number), 1, _AT, number

    def _pages(self, ids: range) -> Iterator[tuple[Any, ...]]:
        for id_ in ids:
            yield *_place(id_), str(_place(id_)[1]), self._text(id_)

    def _chunks(self, ids: range) -> Iterator[tuple[Any, ...]]:
        for id_ in ids:
            yield id_, *_place(id_), 0, len(self._text(id_)), "", 1

    def _text(self, id_: int) -> str:
        return self._originals.texts[id_ % len(self._originals.texts)]

    def _insert_vectors(self, ids: range) -> None:
        for start in range(0, len(ids), _VECTORS):
            batch = ids[start : start + _VECTORS]
            vectors = self._originals.vectors[np.asarray(batch) % len(self._originals.vectors)]
            copy_vectors(PostgresConnection(self._db), batch, with_noise(vectors, self._generator))

    def _insert_words(self, ids: range) -> None:
        columns = b"COPY keywords (chunk_id, language, length, parts_length, words, parts) FROM STDIN"
        with self._db.cursor().copy(columns) as copy:
            for id_ in ids:
                stems, vector = self._stemmed(id_)
                copy.write_row((id_, "en", stems.total(), 0, vector, ""))
        postings.add(PostgresConnection(self._db), ((id_, {False: self._stemmed(id_)[0]}) for id_ in ids))

    def _stemmed(self, id_: int) -> tuple[Counter[str], str]:
        """Return how often a chunk has which stems, and these as a tsvector; a text is analysed once."""
        number = id_ % len(self._originals.texts)
        if number not in self._stems:
            stems = Counter(words(self._originals.texts[number], "en"))
            self._stems[number] = stems, keyword_search.vector(stems)
        return self._stems[number]

    def _count_words(self) -> None:
        for statement in _COUNTS:
            self._db.execute(statement)
        facts = {"generation": "1", "dimension": str(self._originals.vectors.shape[1]), "indexed": f"{FORMAT} 1"}
        for key, value in facts.items():
            self._db.execute(
                b"INSERT INTO meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
            )

    def _index_vectors(self) -> None:
        self._db.execute(b"SET maintenance_work_mem = '2GB'")
        self._db.execute(b"SET max_parallel_maintenance_workers = 1")
        ensure_index(PostgresConnection(self._db), self._originals.vectors.shape[1])


_DEFINITIONS = b"SELECT pg_get_indexdef(oid) FROM pg_class WHERE relname = ANY(%s)"
_COUNTS = (
    b"DELETE FROM word_counts",
    b"DELETE FROM language_counts",
    b"INSERT INTO word_counts SELECT false, word, ndoc FROM ts_stat('SELECT words FROM keywords')",
    b"INSERT INTO language_counts SELECT language, count(*), sum(length), 0 FROM keywords GROUP BY 1",
)


def owner_of(document: int) -> str:
    """Return the owner of a document."""
    return f"user{document % OWNERS}"


def _place(id_: int) -> tuple[int, int]:
    """Return document and page of a chunk."""
    return (id_ - 1) // CHUNKS_PER_DOCUMENT + 1, (id_ - 1) % CHUNKS_PER_DOCUMENT + 1


def _document_numbers(ids: range) -> range:
    """Return the documents that begin with one of these chunks."""
    return range(_place(ids[0] + CHUNKS_PER_DOCUMENT - 1)[0], _place(ids[-1])[0] + 1)
