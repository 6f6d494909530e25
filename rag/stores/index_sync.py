"""Keep the dense and the keyword index on disk in step with the library.

Each index is stored beside the library with a stamp: the library it derives from, and the generation it has reached.
Before a search the changes committed since are applied; an index that is missing, damaged, of another library or ahead
of this one (the library was restored from a backup) is rebuilt. After a crash between index and stamp the last changes
are applied again, which is harmless: adding replaces, removing ignores unknown ids.
"""

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
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
from rag.text.document_names import short_context
from rag.text.language import passage_languages
from rag.types import Chunk

log = logging.getLogger(__name__)

FORMAT = 8
_PURGING = "taking old versions out of the index"
_BATCH = 10_000
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Stamp:
    """The library and generation that an index on disk was derived from."""

    library: str
    generation: int
    format: int = FORMAT
    purged: int = 0
    """Generation up to which nothing remains in the index of what was removed."""

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


class _StoredIndex(Protocol):
    """One index on disk: open, reset, change and save it."""

    stamp: Path

    def open(self) -> None: ...
    def reset(self) -> None: ...
    def apply(self, removed: Sequence[int], added: Sequence[int], library: Library) -> None: ...
    def save(self) -> None: ...
    def size(self) -> int: ...


class _StoredDenseIndex:
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
        if not self.index.is_suitable_for(library.chunk_count()):
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


class _StoredKeywordIndex:
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
            texts = [_keyword_text(chunk) for chunk in chunks]
            self.index.update([*(removed if start == 0 else ()), *ids], ids, texts, _languages(chunks))
            self._progress(_PURGING, min(start + _BATCH, len(added)), len(added))

    def save(self) -> None:
        """Do nothing: a commit is already on disk."""

    def replace_on_disk(self, other: "_StoredKeywordIndex") -> None:
        """Replace the files of another index by these. If interrupted, there is none, and it is rebuilt."""
        shutil.rmtree(other._folder, ignore_errors=True)
        self._folder.rename(other._folder)

    def size(self) -> int:
        return len(self.index)


def _keyword_text(chunk: Chunk) -> str:
    """Return a chunk's text after its context twice: a word in a title or heading weighs more than one in the text."""
    context = short_context(chunk.title, chunk.heading)
    return f"{context}\n{context}\n{chunk.text}"


def _languages(chunks: Sequence[Chunk]) -> list[str]:
    """Return the language of each chunk, those of a document considered together."""
    found: dict[int, str] = {}
    for _, group in groupby(sorted(chunks, key=lambda chunk: chunk.document_id), key=lambda chunk: chunk.document_id):
        document = list(group)
        found.update(zip((c.id for c in document), passage_languages([c.text for c in document]), strict=True))
    return [found[chunk.id] for chunk in chunks]


class SearchIndexes:
    """The dense and the keyword index of one library. Call `refresh` before a search; it is free if nothing changed."""

    def __init__(self, folder: Path, library: Library, dimension: int) -> None:
        self._library = library
        self._dense = _StoredDenseIndex(folder, dimension)
        self._keyword = _StoredKeywordIndex(folder)
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
            fresh = _StoredKeywordIndex(self._folder, "keyword.fresh", progress)
            fresh.stamp.unlink(missing_ok=True)
            self._catch_up(fresh)
            with self._thread_lock, self._process_lock:
                self._catch_up(fresh)  # changes committed meanwhile
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
        for _ in range(_ATTEMPTS):  # others may be writing
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

    def _catch_up(self, index: _StoredIndex) -> int:
        """Bring an index up to date, rebuilding it if needed; return the generation it has reached."""
        stamp = Stamp.read(index.stamp)
        try:
            generation = self._apply_changes_since(index, stamp)
            purged = stamp.purged if stamp else 0
            self._write_stamp(index, generation, purged)
        except Exception as error:  # noqa: BLE001  rebuilding repairs whatever is wrong with a derived index
            log.info("rebuilding %s: %s", index.stamp.stem, error)
            generation = self._rebuild(index)
        return generation

    def _rebuild(self, index: _StoredIndex) -> int:
        try:
            index.reset()
            everything = self._library.changes(0)
            self._apply(index, Changes(everything.generation, everything.added, ()))
            self._write_stamp(index, everything.generation, everything.generation)
        except (OSError, RuntimeError, ValueError) as error:
            raise LibraryError(
                f"The search index cannot be written: {error}. If the disk is full, make room; the documents are safe, "
                "and the index is built at the next search."
            ) from error
        return everything.generation

    def _write_stamp(self, index: _StoredIndex, generation: int, purged: int) -> None:
        Stamp(self._library.identity, generation, purged=purged).write(index.stamp)

    def _apply_changes_since(self, index: _StoredIndex, stamp: Stamp | None) -> int:
        """Open the index on disk and apply the changes since its stamp; raise if it cannot be relied on."""
        if stamp is None or not self._is_ours(stamp):
            raise ValueError("there is none of this library")
        index.open()
        changes = self._library.changes(stamp.generation)
        self._apply(index, changes)
        if self._library.generation == changes.generation and index.size() != self._library.chunk_count():
            raise ValueError("it does not hold what the library holds")
        return changes.generation

    def _is_ours(self, stamp: Stamp) -> bool:
        return (
            stamp.format == FORMAT
            and stamp.library == self._library.identity
            and stamp.generation <= self._library.generation
        )

    def _apply(self, index: _StoredIndex, changes: Changes) -> None:
        if changes.added or changes.removed:
            index.apply(changes.removed, changes.added, self._library)
            index.save()
