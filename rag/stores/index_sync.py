"""Keep the dense and the keyword index on disk in step with the library.

Each index is stored beside the library with a stamp: the library it derives from, and the generation it has reached.
Before a search the changes committed since are applied; an index that is missing, damaged, of another library or ahead
of what this one knows of it (the library was restored from a backup) is rebuilt. After a crash between index and stamp
the last changes are applied again, which is harmless: adding replaces, removing ignores unknown ids.
"""

import errno
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock

from filelock import FileLock

from rag.errors import LibraryError
from rag.interfaces import Changes, KeywordIndex, Library, VectorIndex
from rag.runtime.atomic_write import written_whole
from rag.runtime.progress import Progress, no_progress
from rag.stores.faiss_index import FaissIndex
from rag.stores.index_records import announce, findings, is_known
from rag.stores.keyword_index import TantivyIndex
from rag.stores.keyword_terms import FORMAT, indexed_texts
from rag.stores.library_folder import DENSE, FRESH_KEYWORD, INDEXES_LOCK, KEYWORD, OLD_KEYWORD, PURGE_LOCK

log = logging.getLogger(__name__)

_PURGING = "taking old versions out of the index"
_BATCH = 10_000
_NO_ROOM = os.strerror(errno.ENOSPC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The library and generation that an index on disk was derived from."""

    library: str
    generation: int
    format: int = FORMAT
    purged: int = 0
    """Generation up to which nothing remains in the index of what was removed."""

    build: str = ""
    """Random name of this build of the index, which the library knows: see `rag.stores.index_records`."""

    @classmethod
    def read(cls, path: Path) -> "Stamp | None":
        """Read the stamp in a file; None if there is no valid one."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write the stamp atomically."""
        with written_whole(path) as partial:
            partial.write_text(json.dumps(asdict(self)))


class _StoredDenseIndex:
    """The dense index on disk, with its stamp beside it."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self.stamp = folder / f"{DENSE}.json"
        self._file = folder / f"{DENSE}.faiss"
        self._dimension = dimension
        self.index = FaissIndex(dimension)

    def open(self) -> None:
        self.index = FaissIndex.load(self._file, self._dimension)

    def reset(self) -> None:
        self.index = FaissIndex(self._dimension)

    def apply(self, removed: Sequence[int], added: Sequence[int], library: Library) -> None:
        if not self.index.is_suitable_for(library.chunk_count()):
            self.index = FaissIndex.build(self._dimension, library.chunk_ids(), library.known_vectors)
            return
        self.index.remove(removed)
        for start in range(0, len(added), _BATCH):
            batch = added[start : start + _BATCH]
            self.index.add(*library.known_vectors(batch))  # another process may have removed some by now

    def save(self) -> None:
        with written_whole(self._file) as partial:
            self.index.save(partial)

    def size(self) -> int:
        return len(self.index)


class _StoredKeywordIndex:
    """The keyword index on disk, likewise."""

    def __init__(self, folder: Path, name: str = KEYWORD, progress: Progress = no_progress) -> None:
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
            ids, texts, languages = indexed_texts(library.chunks(added[start : start + _BATCH]))
            self.index.update([*(removed if start == 0 else ()), *ids], ids, texts, languages)
            self._progress(_PURGING, min(start + _BATCH, len(added)), len(added))

    def save(self) -> None:
        """Do nothing: a commit is already on disk."""

    def replace_on_disk(self, other: "_StoredKeywordIndex") -> None:
        """Replace the files of another index by these. If interrupted, there is none, and it is rebuilt.

        The old folder is moved away whole: a search may be putting a lock into it as it is deleted.
        """
        old = other._folder.with_name(OLD_KEYWORD)
        shutil.rmtree(old, ignore_errors=True)
        with suppress(FileNotFoundError):
            other._folder.rename(old)
        self._folder.rename(other._folder)
        shutil.rmtree(old, ignore_errors=True)

    def size(self) -> int:
        return self.index.total()


_StoredIndex = _StoredDenseIndex | _StoredKeywordIndex


class SearchIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it is free if nothing changed."""

    def __init__(self, folder: Path, library: Library, dimension: int) -> None:
        self._library = library
        self._dense = _StoredDenseIndex(folder, dimension)
        self._keyword = _StoredKeywordIndex(folder)
        self._current = -1
        self._thread_lock = Lock()
        self._folder = folder
        self._process_lock = FileLock(folder / INDEXES_LOCK)
        self._purge_lock = FileLock(folder / PURGE_LOCK)

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
                reached = {self._catch_up(index) for index in (self._dense, self._keyword)}
            self._current = min(reached)  # a commit in between is applied at the next refresh

    def purge(self, progress: Progress = no_progress) -> None:
        """Rebuild the keyword index if text was removed: words of removed text stay in its dictionary until then.

        The new index is built beside the old one, so that searches continue meanwhile.
        """
        self.refresh()
        with self._purge_lock:
            stamp = Stamp.read(self._keyword.stamp)
            if stamp and stamp.purged >= self._library.last_removal:
                return
            progress(_PURGING, 0, self._library.chunk_count())
            fresh = _StoredKeywordIndex(self._folder, FRESH_KEYWORD, progress)
            fresh.stamp.unlink(missing_ok=True)
            self._catch_up(fresh)
            with self._thread_lock, self._process_lock:
                self._catch_up(fresh)  # changes committed meanwhile
                if taken := Stamp.read(fresh.stamp):
                    announce(self._library, self._keyword.stamp.stem, taken.build, taken.generation)
                self._keyword.stamp.unlink(missing_ok=True)
                fresh.replace_on_disk(self._keyword)
                self._keyword.open()
                fresh.stamp.replace(self._keyword.stamp)

    def rebuild(self) -> None:
        """Rebuild both indexes, whatever they hold."""
        with self._thread_lock, self._process_lock:
            for index in (self._dense, self._keyword):
                index.stamp.unlink(missing_ok=True)
            self._current = -1
        self.refresh()

    def findings(self) -> Iterator[str]:
        """Yield the differences between the indexes and the library, in words."""

        def reached() -> int:
            self.refresh()
            return self._current

        return findings(self._library, reached, lambda: {"dense": self.dense.ids(), "keyword": self.keyword.ids()})

    def _catch_up(self, index: _StoredIndex) -> int:
        """Bring an index up to date, rebuilding it if needed; return the generation it has reached."""
        stamp = Stamp.read(index.stamp)
        try:
            stamp = self._apply_changes_since(index, stamp)
            stamp.write(index.stamp)
        except LibraryError:
            raise
        except Exception as error:  # noqa: BLE001  rebuilding repairs whatever is wrong with a derived index
            log.info("rebuilding %s: %s", index.stamp.stem, error)
            stamp = self._rebuild(index)
        return stamp.generation

    def _rebuild(self, index: _StoredIndex) -> Stamp:
        everything = self._library.changes(0)
        generation = everything.generation
        stamp = Stamp(self._library.identity, generation, purged=generation, build=secrets.token_hex(8))
        announce(self._library, index.stamp.stem, stamp.build, generation)
        try:
            index.reset()
            self._apply(index, Changes(generation, everything.added, ()))
            stamp.write(index.stamp)
        except (OSError, RuntimeError, ValueError) as error:
            reason = "the disk is full; make room" if _NO_ROOM in str(error) else error  # FAISS tells it in words
            raise LibraryError(
                f"The search index cannot be written: {reason}. The documents are safe, and the index is built at the "
                "next search."
            ) from error
        return stamp

    def _apply_changes_since(self, index: _StoredIndex, stamp: Stamp | None) -> Stamp:
        """Open the index on disk, apply the changes since its stamp and return its new one.

        Raises:
            ValueError: it cannot be relied on.
        """
        if stamp is None or not self._is_ours(index.stamp.stem, stamp):
            raise ValueError("there is none of this library")
        index.open()
        changes = self._library.changes(stamp.generation)
        reached = replace(stamp, generation=changes.generation, build=stamp.build or secrets.token_hex(8))
        announce(self._library, index.stamp.stem, reached.build, reached.generation)
        self._apply(index, changes)
        if self._library.generation == changes.generation and index.size() != self._library.chunk_count():
            raise ValueError("it does not hold what the library holds")
        return reached

    def _is_ours(self, name: str, stamp: Stamp) -> bool:
        return (
            stamp.format == FORMAT
            and stamp.library == self._library.identity
            and stamp.generation <= self._library.generation
            and is_known(self._library, name, stamp.build, stamp.generation)
        )

    def _apply(self, index: _StoredIndex, changes: Changes) -> None:
        if changes.added or changes.removed:
            index.apply(changes.removed, changes.added, self._library)
            index.save()
