"""Keeps the two indexes on disk in step with the library, without being asked.

Each index lies beside the library with a stamp: which library it derives from, and up to which generation. Before a
search, what was committed since is applied; an index that is missing, damaged, of another library or ahead of this
one (the library was restored from a backup) is built anew. A crash between index and stamp repeats the last changes,
which is harmless: adding replaces, removing ignores what is not there.
"""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from filelock import FileLock

from rag.errors import LibraryError
from rag.interfaces import Changes, KeywordIndex, Library, VectorIndex
from rag.runtime.atomic_write import written_whole
from rag.runtime.progress import Progress, no_progress
from rag.stores.faiss_index import FaissIndex
from rag.stores.keyword_index import TantivyIndex
from rag.text.document_names import context_of
from rag.types import Chunk

log = logging.getLogger(__name__)

FORMAT = 5
_PURGING = "taking old versions out of the index"
_BATCH = 10_000
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index on disk was derived from."""

    library: str
    generation: int
    format: int = FORMAT
    purged: int = 0
    """The generation up to which nothing is left in it of what was removed."""

    @classmethod
    def read(cls, path: Path) -> "Stamp | None":
        """The stamp in a file; None if there is none that can be read."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Replace the stamp in one step."""
        with written_whole(path) as partial:
            partial.write_text(json.dumps(asdict(self)))


class _Derived(Protocol):
    """One index on disk: how it is read, reset, changed and saved."""

    stamp: Path

    def open(self) -> None: ...
    def reset(self) -> None: ...
    def apply(self, removed: Sequence[int], added: Sequence[int], library: Library) -> None: ...
    def save(self) -> None: ...
    def size(self) -> int: ...


class _Dense:
    def __init__(self, folder: Path, dimension: int) -> None:
        self.stamp = folder / "dense.json"
        self._file = folder / "dense.faiss"
        self._dimension = dimension
        self.index = FaissIndex(dimension)

    def open(self) -> None:
        self.index = FaissIndex.load(self._file, self._dimension)

    def reset(self) -> None:
        self.index = FaissIndex(self._dimension)

    def apply(self, removed: Sequence[int], added: Sequence[int], library: Library) -> None:
        if not self.index.suits(library.chunk_count()):
            self.index = FaissIndex.build(self._dimension, library.chunk_ids(), library.vectors)
            return
        self.index.remove(removed)
        for start in range(0, len(added), _BATCH):
            batch = added[start : start + _BATCH]
            self.index.add(batch, library.vectors(batch))

    def save(self) -> None:
        with written_whole(self._file) as partial:
            self.index.save(partial)

    def size(self) -> int:
        return len(self.index)


class _Keyword:
    def __init__(self, folder: Path, name: str = "keyword", progress: Progress = no_progress) -> None:
        self.stamp = folder / f"{name}.json"
        self._progress = progress
        self._folder = folder / name
        self.index = TantivyIndex()

    def open(self) -> None:
        if not self._folder.is_dir():
            raise ValueError(f"{self._folder.name} is missing")
        self.index = TantivyIndex(self._folder)

    def reset(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self.index = TantivyIndex(self._folder)

    def apply(self, removed: Sequence[int], added: Sequence[int], library: Library) -> None:
        for start in range(0, max(len(added), 1), _BATCH):
            chunks = library.chunks(added[start : start + _BATCH])
            ids = [chunk.id for chunk in chunks]
            self.index.update([*(removed if start == 0 else ()), *ids], ids, [_keyword_text(chunk) for chunk in chunks])
            self._progress(_PURGING, min(start + _BATCH, len(added)), len(added))

    def save(self) -> None:
        """A commit is already on disk."""

    def become(self, other: "_Keyword") -> None:
        """Take the place of another one on disk. A stop in between leaves none, and it is built anew."""
        shutil.rmtree(other._folder, ignore_errors=True)
        self._folder.rename(other._folder)

    def size(self) -> int:
        return len(self.index)


def _keyword_text(chunk: Chunk) -> str:
    """A chunk's words with those of its context twice: a word in a title or heading says more than one in the text."""
    context = context_of(chunk.document, chunk.heading)
    return f"{context}\n{context}\n{chunk.text}"


class DerivedIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it costs nothing when current."""

    def __init__(self, folder: Path, library: Library, dimension: int) -> None:
        self._library = library
        self._dense = _Dense(folder, dimension)
        self._keyword = _Keyword(folder)
        self._current = -1
        self._thread_lock = Lock()
        self._folder = folder
        self._process_lock = FileLock(folder / "indexes.lock")
        self._purge_lock = FileLock(folder / "purge.lock")

    @property
    def dense(self) -> VectorIndex:
        """The vector index, as of the last refresh."""
        return self._dense.index

    @property
    def keyword(self) -> KeywordIndex:
        """The keyword index, as of the last refresh."""
        return self._keyword.index

    def refresh(self) -> None:
        """Bring both indexes up to the library's generation."""
        with self._thread_lock:
            if self._library.generation == self._current:
                return
            with self._process_lock:
                reached = {self._catch_up(derived) for derived in (self._dense, self._keyword)}
            self._current = min(reached)  # a commit between the two is caught up with at the next refresh

    def purge(self, progress: Progress = no_progress) -> None:
        """Take out of the files on disk what only removed documents and replaced versions had: their words stay in the
        keyword index's dictionary until it is built anew.

        That is done beside the old one, so that searches go on meanwhile; nothing, if nothing was removed.
        """
        self.refresh()
        with self._purge_lock:
            stamp = Stamp.read(self._keyword.stamp)
            if stamp and stamp.purged >= self._library.last_removal:
                return
            progress(_PURGING, 0, self._library.chunk_count())
            fresh = _Keyword(self._folder, "keyword.fresh", progress)
            fresh.stamp.unlink(missing_ok=True)
            self._catch_up(fresh)
            with self._thread_lock, self._process_lock:
                self._catch_up(fresh)  # what came meanwhile
                self._keyword.stamp.unlink(missing_ok=True)
                fresh.become(self._keyword)
                self._keyword.open()
                fresh.stamp.replace(self._keyword.stamp)

    def rebuild(self) -> None:
        """Build both indexes anew, whatever they hold."""
        with self._thread_lock, self._process_lock:
            for derived in (self._dense, self._keyword):
                derived.stamp.unlink(missing_ok=True)
            self._current = -1
        self.refresh()

    def findings(self) -> Iterator[str]:
        """Where the indexes do not hold what the library holds, in words; nothing if all is well."""
        for _ in range(_TRIES):  # others may be writing
            self.refresh()
            generation = self._library.generation
            expected = set(self._library.chunk_ids())
            held = {"dense": self.dense.ids(), "keyword": self.keyword.ids()}
            if generation == self._library.generation == self._current:
                break
        for name, found in held.items():
            if missing := expected - found:
                yield f"the {name} index lacks {len(missing)} of {len(expected)} chunks"
            if surplus := found - expected:
                yield f"the {name} index has {len(surplus)} chunks that the library has not"

    def _catch_up(self, derived: _Derived) -> int:
        stamp = Stamp.read(derived.stamp)
        try:
            generation = self._apply_missed(derived, stamp)
            purged = stamp.purged if stamp else 0
            self._write_stamp(derived, generation, purged)
        except Exception as error:  # noqa: BLE001  whatever is wrong with a derived index, building it anew mends it
            log.info("building %s anew: %s", derived.stamp.stem, error)
            generation = self._build(derived)
        return generation

    def _build(self, derived: _Derived) -> int:
        try:
            derived.reset()
            everything = self._library.changes(0)
            self._apply(derived, Changes(everything.generation, everything.added, ()))
            self._write_stamp(derived, everything.generation, everything.generation)
        except (OSError, RuntimeError, ValueError) as error:
            raise LibraryError(
                f"The search index cannot be written: {error}. If the disk is full, make room; the documents are safe, "
                "and the index is built at the next search."
            ) from error
        return everything.generation

    def _write_stamp(self, derived: _Derived, generation: int, purged: int) -> None:
        Stamp(self._library.identity, generation, purged=purged).write(derived.stamp)

    def _apply_missed(self, derived: _Derived, stamp: Stamp | None) -> int:
        """Open the index on disk and apply what was committed since; raises if it cannot be relied on."""
        if stamp is None or not self._is_ours(stamp):
            raise ValueError("there is none of this library")
        derived.open()
        changes = self._library.changes(stamp.generation)
        self._apply(derived, changes)
        if self._library.generation == changes.generation and derived.size() != self._library.chunk_count():
            raise ValueError("it does not hold what the library holds")
        return changes.generation

    def _is_ours(self, stamp: Stamp) -> bool:
        return (
            stamp.format == FORMAT
            and stamp.library == self._library.identity
            and stamp.generation <= self._library.generation
        )

    def _apply(self, derived: _Derived, changes: Changes) -> None:
        if changes.added or changes.removed:
            derived.apply(changes.removed, changes.added, self._library)
            derived.save()
