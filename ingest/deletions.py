"""What was deleted while nobody watched, told from what is only out of reach.

A disk that is not mounted leaves an empty folder behind, or none. So a file counts as deleted only where others are
still found: in the folder that it lay in, or the nearest above that is there, and on that folder's own disk.
"""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingest.discover import belongs, discover
from ingest.files import is_gone, is_there, path_of, source_of
from rag.types import LedgerEntry


@dataclass(frozen=True, slots=True)
class Missing:
    """Sources whose files are not there: those that were deleted, and documents whose disk may only be absent."""

    deleted: tuple[LedgerEntry, ...]
    absent: tuple[LedgerEntry, ...]


def missing(entries: Iterable[LedgerEntry], paths: Sequence[str], archives: bool = False) -> Missing:
    """Which of the sources lay among what `paths` name and are not there any more."""
    named = [_Named(os.path.realpath(Path(name).expanduser()), archives) for name in paths]
    deleted, absent = [], []
    for entry in entries:
        path = path_of(entry.source)
        if not is_gone(path):
            continue
        meant = [name for name in named if name.means(path)]
        if any(entry.source in name.sources for name in meant):
            continue  # it only looks like another file's
        if meant and all(name.has_left_others(path) for name in meant):
            deleted.append(entry)
        elif meant and entry.document_id is not None:
            absent.append(entry)
    return Missing(tuple(deleted), tuple(absent))


@dataclass(frozen=True)
class _Named:
    """A file, folder or glob, and what is found there now. It is looked at only if something is missing."""

    name: str
    archives: bool

    def means(self, path: Path) -> bool:
        """Whether a missing file was among those meant; of a folder that is missing too, all that was in it."""
        if not glob.has_magic(self.name) and not os.path.lexists(self.name):
            return path.is_relative_to(self.name)
        return belongs(path, [self.name], self.archives)

    def has_left_others(self, path: Path) -> bool:
        """Whether something is found where a missing file was, so that the disk is there."""
        folder = path.parent
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return folder in self._folders

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources of the files that are there."""
        return frozenset(source_of(path) for path in self._found)

    @cached_property
    def _folders(self) -> frozenset[Path]:
        """The folders that have one of these files in them, at whatever depth, on their own disk."""
        folders: set[Path] = set()
        for path in self._found:
            folders.update(_on_one_disk(path.parent))
        return frozenset(folders)

    @cached_property
    def _found(self) -> list[Path]:
        return [path for path in discover([self.name], self.archives) if is_there(path)]


def _on_one_disk(folder: Path) -> Iterator[Path]:
    """A folder and those above it, as far as they are on the same disk."""
    device: int | None = None
    for above in (folder, *folder.parents):
        try:
            found = above.stat().st_dev
        except OSError:  # it has just gone
            return
        if device not in (None, found):
            return
        device = found
        yield above
