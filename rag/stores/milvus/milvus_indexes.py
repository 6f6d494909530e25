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

from rag.interfaces import KeywordIndex, Library, VectorIndex
from rag.runtime.progress import Progress, no_progress
from rag.stores.index_records import announce, findings, is_known
from rag.stores.keyword_terms import indexed_texts
from rag.stores.milvus.index_stamps import IndexStamp, IndexStamps
from rag.stores.milvus.milvus_collection import MilvusCollection
from rag.stores.milvus.milvus_server import MilvusServer
from rag.stores.milvus.milvus_vectors import MilvusVectorIndex
from rag.stores.milvus.milvus_words import MilvusKeywordIndex

log = logging.getLogger(__name__)

_BATCH = 2_000

Exclusive = Callable[[], AbstractContextManager[object]]
"""Hold the lock by which one program at a time writes a library's indexes."""

_Index = MilvusVectorIndex | MilvusKeywordIndex


class MilvusIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it is free if nothing changed."""

    def __init__(self, server: MilvusServer, library: Library, dimension: int, exclusive: Exclusive) -> None:
        self._library = library
        self._dimension = dimension
        self._exclusive = exclusive
        self._stamps = IndexStamps(server)
        self._dense = MilvusVectorIndex(MilvusCollection(server, f"citewell_{library.identity}_dense"), dimension)
        self._words = MilvusKeywordIndex(MilvusCollection(server, f"citewell_{library.identity}_words"))
        self._both: tuple[_Index, ...] = (self._dense, self._words)
        self._current = -1
        self._lock = Lock()

    @property
    def dense(self) -> VectorIndex:
        """The vector index, as of the last refresh."""
        return self._dense

    @property
    def keyword(self) -> KeywordIndex:
        """The keyword index, as of the last refresh."""
        return self._words

    def refresh(self) -> None:
        """Bring both indexes up to the library's generation."""
        if self._library.generation == self._current:
            return
        with self._lock:
            if (generation := self._library.generation) == self._current:
                return  # another thread has done it
            for index in self._both:
                index.collection.notice_change()
            reached = min(self._reached(index) for index in self._both)
            if reached < generation:
                with self._exclusive():
                    reached = min([self._catch_up(index) for index in self._both])
            self._words.reload()
            self._current = reached  # a commit in between is applied at the next refresh

    def purge(self, progress: Progress = no_progress) -> None:  # noqa: ARG002  the server does it by itself
        """Have the server clear away what was deleted, which no search finds any more."""
        self.refresh()
        for index in self._both:
            index.collection.call("compact")

    def rebuild(self) -> None:
        """Rebuild both indexes, whatever they hold."""
        for index in self._both:
            self._stamps.delete(index.collection.name)
        self._current = -1
        self.refresh()

    def findings(self) -> Iterator[str]:
        """Yield the differences between the indexes and the library, in words."""

        def reached() -> int:
            self.refresh()
            return self._current

        return findings(self._library, reached, lambda: {"dense": self._dense.ids(), "keyword": self._words.ids()})

    def _reached(self, index: _Index) -> int:
        """Return the generation that an index has reached; -1 if it cannot be relied on."""
        stamp = self._stamp(index)
        return stamp.generation if stamp else -1

    def _stamp(self, index: _Index) -> IndexStamp | None:
        """Return the stamp of an index; None if it cannot be relied on."""
        name = index.collection.name
        stamp = self._stamps.read(name)
        if stamp is None or not index.collection.open():
            return None
        is_ours = stamp == self._stamp_at(stamp.generation, stamp.build)
        is_ours = is_ours and stamp.generation <= self._library.generation
        return stamp if is_ours and is_known(self._library, name, stamp.build, stamp.generation) else None

    def _catch_up(self, index: _Index) -> int:
        """Bring an index up to date, building it anew if needed; return the generation it has reached."""
        stamp = self._stamp(index)
        if stamp is None:
            return self._build(index)
        name, build = index.collection.name, stamp.build or secrets.token_hex(8)
        changes = self._library.changes(stamp.generation)
        announce(self._library, name, build, changes.generation)
        index.collection.delete(changes.removed)
        self._add(index, changes.added)
        is_current = self._library.generation == changes.generation
        if is_current and (held := index.collection.count()) != (expected := self._library.chunk_count()):
            log.info("building %s anew: it holds %d of %d chunks", name, held, expected)
            return self._build(index)
        self._stamps.write(name, self._stamp_at(changes.generation, build))
        return changes.generation

    def _build(self, index: _Index) -> int:
        name, build = index.collection.name, secrets.token_hex(8)
        everything = self._library.changes(0)
        announce(self._library, name, build, everything.generation)
        self._stamps.delete(name)
        index.create()
        self._add(index, everything.added)
        self._stamps.write(name, self._stamp_at(everything.generation, build))
        return everything.generation

    def _add(self, index: _Index, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            if isinstance(index, MilvusVectorIndex):
                index.add(*self._library.known_vectors(batch))  # another process may have removed some by now
            else:
                index.add(*indexed_texts(self._library.chunks(batch)))

    def _stamp_at(self, generation: int, build: str) -> IndexStamp:
        return IndexStamp(self._library.identity, self._dimension, generation, build=build)
