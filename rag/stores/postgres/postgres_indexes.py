"""The indexes of a library in PostgreSQL, in the database itself: all programs search the same ones.

Vectors are indexed as they are committed. The words of chunks are indexed before a search by whichever program comes
first, in one transaction with the generation that they have reached; the others search what was there before.
"""

from collections.abc import Iterator
from threading import Lock

from rag.interfaces import KeywordIndex, Library, VectorIndex
from rag.runtime.progress import Progress, no_progress
from rag.stores.index_records import findings
from rag.stores.keyword_terms import FORMAT, indexed_texts
from rag.stores.postgres.dialect import PostgresConnection
from rag.stores.postgres.keyword_search import FullTextIndex, update
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.vector_search import PgvectorIndex, drop_index, ensure_index
from rag.stores.sql_statements import keep_meta, stored_meta

_BATCH = 2_000


class PostgresIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it is free if nothing changed."""

    def __init__(self, database: PostgresDatabase, library: Library, dimension: int) -> None:
        self._database = database
        self._library = library
        self._dimension = dimension
        self._dense = PgvectorIndex(database, dimension)
        self._keyword = FullTextIndex(database)
        self._current = -1
        self._lock = Lock()

    @property
    def dense(self) -> VectorIndex:
        """The vector index."""
        return self._dense

    @property
    def keyword(self) -> KeywordIndex:
        """The keyword index, as of the last refresh."""
        return self._keyword

    def refresh(self) -> None:
        """Bring the keyword index up to the library's generation.

        If another program does that, the words are those that are there, and the next refresh looks again: indexing
        many takes longer than a question may wait. A program waits only where there are none yet.
        """
        self._refresh(waits=False)

    def _refresh(self, *, waits: bool) -> None:
        if (generation := self._library.generation) == self._current:
            return
        with self._lock:
            reached = self._reached(self._database.meta("indexed"))
            if reached < generation:
                turn = self._database.writing if waits or reached < 0 else self._database.writing_if_free
                with turn() as db:
                    reached = self._catch_up(db) if db else -1
            else:
                reached = generation
            self._keyword.reload()
            self._current = reached  # a commit in between is applied at the next refresh

    def purge(self, progress: Progress = no_progress) -> None:  # noqa: ARG002  nothing here takes long
        """Have no word of removed text left: what is removed leaves the index at once."""
        self._refresh(waits=True)

    def rebuild(self) -> None:
        """Rebuild both indexes, whatever they hold."""
        with self._database.writing() as db:
            drop_index(db)
            ensure_index(db, self._dimension)
            keep_meta(db, "indexed", "")
        self._current = -1
        self._refresh(waits=True)

    def findings(self) -> Iterator[str]:
        """Yield the differences between the indexes and the library, in words."""

        def reached() -> int:
            self._refresh(waits=True)
            return self._current

        return findings(self._library, reached, lambda: {"dense": self._dense.ids(), "keyword": self._keyword.ids()})

    def _catch_up(self, db: PostgresConnection) -> int:
        """Apply what has changed since the generation that the index has reached; return the one it reaches."""
        since = self._reached(stored_meta(db, "indexed"))
        if since <= 0:
            for table in ("keywords", "postings", "word_counts", "language_counts"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608  others go on searching, as TRUNCATE would not let them
        changes = self._library.changes(max(since, 0))
        update(db, changes.removed if since > 0 else (), (), (), ())
        for start in range(0, len(changes.added), _BATCH):
            update(db, (), *indexed_texts(self._library.chunks(changes.added[start : start + _BATCH])))
        keep_meta(db, "indexed", f"{FORMAT} {changes.generation}")
        return changes.generation

    @staticmethod
    def _reached(stamp: str) -> int:
        """Return the generation in a stamp; -1 if the words are of another format, or there are none."""
        format_, _, generation = stamp.partition(" ")
        return int(generation) if format_ == str(FORMAT) and generation else -1
