"""The indexes of a library in Milvus, brought up to the library's generation before a search.

Each has a stamp in Milvus: the library it derives from, and the generation it has reached. One that is missing, of
another library, dimension or analysis, or ahead of what the library knows of it (that was restored from a backup), is
built anew. After a crash between rows and stamp the last changes are written again, which is harmless: rows are
replaced by their id.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from typing import Protocol

from rag.interfaces import KeywordIndex, Library, VectorIndex
from rag.runtime.progress import Progress, no_progress
from rag.stores.index_differences import differences
from rag.stores.keyword_terms import chunk_languages, keyword_text
from rag.stores.milvus.index_stamps import IndexStamp, IndexStamps
from rag.stores.milvus.milvus_collection import MilvusCollection
from rag.stores.milvus.milvus_server import MilvusServer
from rag.stores.milvus.milvus_vectors import MilvusVectorIndex
from rag.stores.milvus.milvus_words import MilvusKeywordIndex
from rag.stores.rows.index_records import announce, is_known

log = logging.getLogger(__name__)

_BATCH = 2_000
_ATTEMPTS = 5

Exclusive = Callable[[], AbstractContextManager[object]]
"""Hold the lock by which one program at a time writes a library's indexes."""


class _Stored(Protocol):
    """One index, and how chunks get into it."""

    collection: MilvusCollection

    def create(self) -> None: ...
    def add(self, ids: Sequence[int], library: Library) -> None: ...


class _StoredVectors:
    def __init__(self, server: MilvusServer, name: str, dimension: int) -> None:
        self.collection = MilvusCollection(server, name)
        self.index = MilvusVectorIndex(self.collection, dimension)

    def create(self) -> None:
        self.collection.create(self.index.fields)

    def add(self, ids: Sequence[int], library: Library) -> None:
        self.index.add(*library.known_vectors(ids))  # another process may have removed some by now


class _StoredWords:
    def __init__(self, server: MilvusServer, name: str) -> None:
        self.collection = MilvusCollection(server, name)
        self.index = MilvusKeywordIndex(self.collection)

    def create(self) -> None:
        self.collection.create(self.index.fields)

    def add(self, ids: Sequence[int], library: Library) -> None:
        chunks = library.chunks(ids)
        texts = [keyword_text(chunk) for chunk in chunks]
        self.index.add([chunk.id for chunk in chunks], texts, chunk_languages(chunks))


class MilvusIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it is free if nothing changed."""

    def __init__(self, server: MilvusServer, library: Library, dimension: int, exclusive: Exclusive) -> None:
        self._library = library
        self._dimension = dimension
        self._exclusive = exclusive
        self._stamps = IndexStamps(server)
        self._dense = _StoredVectors(server, f"citewell_{library.identity}_dense", dimension)
        self._words = _StoredWords(server, f"citewell_{library.identity}_words")
        self._current = -1
        self._lock = Lock()

    @property
    def dense(self) -> VectorIndex:
        """The vector index, as of the last refresh."""
        return self._dense.index

    @property
    def keyword(self) -> KeywordIndex:
        """The keyword index, as of the last refresh."""
        return self._words.index

    def refresh(self) -> None:
        """Bring both indexes up to the library's generation."""
        if self._library.generation == self._current:
            return
        with self._lock:
            if (generation := self._library.generation) == self._current:
                return  # another thread has done it
            both: tuple[_Stored, ...] = (self._dense, self._words)
            for stored in both:
                stored.collection.notice_change()
            reached = min(self._reached(stored) for stored in both)
            if reached < generation:
                with self._exclusive():
                    reached = min([self._catch_up(stored) for stored in both])
            self._words.index.reload()
            self._current = reached  # a commit in between is applied at the next refresh

    def purge(self, progress: Progress = no_progress) -> None:  # noqa: ARG002  the server does it by itself
        """Have the server clear away what was deleted, which no search finds any more."""
        self.refresh()
        for stored in (self._dense, self._words):
            stored.collection.call("compact")

    def rebuild(self) -> None:
        """Rebuild both indexes, whatever they hold."""
        for stored in (self._dense, self._words):
            self._stamps.delete(stored.collection.name)
        self._current = -1
        self.refresh()

    def findings(self) -> Iterator[str]:
        """Yield the differences between the indexes and the library, in words."""
        for _ in range(_ATTEMPTS):  # others may be writing
            self.refresh()
            generation = self._library.generation
            expected = set(self._library.chunk_ids())
            held = {"dense": self._dense.index.ids(), "keyword": self._words.index.ids()}
            if generation == self._library.generation == self._current:
                break
        yield from differences(expected, held)

    def _reached(self, stored: _Stored) -> int:
        """Return the generation that an index has reached; -1 if it cannot be relied on."""
        stamp = self._stamp(stored)
        return stamp.generation if stamp else -1

    def _stamp(self, stored: _Stored) -> IndexStamp | None:
        """Return the stamp of an index; None if it cannot be relied on."""
        name = stored.collection.name
        stamp = self._stamps.read(name)
        if stamp is None or not stored.collection.open():
            return None
        is_ours = stamp == self._stamp_at(stamp.generation, stamp.build)
        is_ours = is_ours and stamp.generation <= self._library.generation
        return stamp if is_ours and is_known(self._library, name, stamp.build, stamp.generation) else None

    def _catch_up(self, stored: _Stored) -> int:
        """Bring an index up to date, building it anew if needed; return the generation it has reached."""
        stamp = self._stamp(stored)
        if stamp is None:
            return self._build(stored)
        name, build = stored.collection.name, stamp.build or secrets.token_hex(8)
        changes = self._library.changes(stamp.generation)
        announce(self._library, name, build, changes.generation)
        stored.collection.delete(changes.removed)
        self._add(stored, changes.added)
        is_current = self._library.generation == changes.generation
        if is_current and (held := stored.collection.count()) != (expected := self._library.chunk_count()):
            log.info("building %s anew: it holds %d of %d chunks", name, held, expected)
            return self._build(stored)
        self._stamps.write(name, self._stamp_at(changes.generation, build))
        return changes.generation

    def _build(self, stored: _Stored) -> int:
        name, build = stored.collection.name, secrets.token_hex(8)
        everything = self._library.changes(0)
        announce(self._library, name, build, everything.generation)
        self._stamps.delete(name)
        stored.create()
        self._add(stored, everything.added)
        self._stamps.write(name, self._stamp_at(everything.generation, build))
        return everything.generation

    def _add(self, stored: _Stored, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), _BATCH):
            stored.add(ids[start : start + _BATCH], self._library)

    def _stamp_at(self, generation: int, build: str) -> IndexStamp:
        return IndexStamp(self._library.identity, self._dimension, generation, build=build)
