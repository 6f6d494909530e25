"""Tell files that were deleted while nothing watched them from files that are only out of reach.

A disk that is not mounted leaves an empty folder behind, or none. So a file counts as deleted only where other files
still exist: in its own folder or the nearest existing one above, and on that folder's own disk.
"""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingest.sources.discover import belongs, discover
from ingest.sources.files import exists, is_deleted, path_of, source_of
from rag.types import LedgerEntry


@dataclass(frozen=True, slots=True)
class Deletions:
    """Sources without their files: the deleted ones, and documents whose disk may only be absent."""

    deleted: tuple[LedgerEntry, ...]
    absent: tuple[LedgerEntry, ...]


def find_deletions(entries: Iterable[LedgerEntry], paths: Sequence[str], archives: bool = False) -> Deletions:
    """Return the sources that `paths` cover and whose files no longer exist."""
    named = [_NamedPath(os.path.realpath(Path(name).expanduser()), archives) for name in paths]
    deleted, absent = [], []
    for entry in entries:
        path = path_of(entry.source)
        if not is_deleted(path):
            continue
        covering = [name for name in named if name.covers(path)]
        if any(entry.source in name.sources for name in covering):
            continue  # it exists: `path_of` took a name that spells out bytes for the bytes
        if covering and all(name.has_files_near(path) for name in covering):
            deleted.append(entry)
        elif covering and entry.document_id is not None:
            absent.append(entry)
    return Deletions(tuple(deleted), tuple(absent))


@dataclass(frozen=True)
class _NamedPath:
    """A file, folder or glob, and the files it names now. The disk is searched only if a file was deleted."""

    name: str
    archives: bool

    def covers(self, path: Path) -> bool:
        """Return True if this named a file that no longer exists; a deleted folder named everything in it."""
        if not glob.has_magic(self.name) and not os.path.lexists(self.name):
            return path.is_relative_to(self.name)
        return belongs(path, [self.name], self.archives)

    def has_files_near(self, path: Path) -> bool:
        """Return True if files exist where a deleted one was, so that its disk is present."""
        folder = path.parent
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return folder in self._folders

    @cached_property
    def sources(self) -> frozenset[str]:
        """Sources of the files that exist."""
        return frozenset(source_of(path) for path in self._found)

    @cached_property
    def _folders(self) -> frozenset[Path]:
        """Folders that contain one of these files at any depth, on their own disk."""
        folders: set[Path] = set()
        for path in self._found:
            folders.update(_on_one_disk(path.parent))
        return frozenset(folders)

    @cached_property
    def _found(self) -> list[Path]:
        return [path for path in discover([self.name], self.archives) if exists(path)]


def _on_one_disk(folder: Path) -> Iterator[Path]:
    """Yield a folder and its parents as far up as they are on the same disk."""
    device: int | None = None
    for parent in (folder, *folder.parents):
        try:
            found = parent.stat().st_dev
        except OSError:  # deleted meanwhile
            return
        if device not in (None, found):
            return
        device = found
        yield parent
