"""Find the files that a user names by files, folders and globs."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.formats import SUFFIXES
from ingest.sources.files import exists, is_archive, is_folder
from rag.stores.library_folder import is_library, is_of_library


def discover(
    paths: Sequence[str], archives: bool = False, left_out: Callable[[Path], None] = lambda _: None
) -> Iterator[Path]:
    """Yield files in a stable order, each once; archives only if asked to.

    A file named outright is always included, and read by its content whatever it is called. Of a folder only files with
    known endings count, without hidden files and folders, links that lead out of the folder, and a library's own files;
    `left_out` is called with those of other endings.
    """
    seen: set[str] = set()
    for name in paths:
        for path in _expand(name, archives, left_out):
            key = os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _expand(name: str, archives: bool, left_out: Callable[[Path], None]) -> Iterator[Path]:
    path = Path(name).expanduser()
    if is_folder(path):
        yield from _in_folder(path, archives, left_out)
    elif not exists(path) and glob.has_magic(name):
        matches = sorted(glob.glob(os.fspath(path), recursive=True))  # noqa: PTH207  Path.glob refuses absolute patterns
        if not matches:
            yield path
        for match in matches:
            if _is_library_file(Path(match)):
                continue
            yield from _in_folder(Path(match), archives, left_out) if is_folder(Path(match)) else [Path(match)]
    else:
        yield path


def _in_folder(folder: Path, archives: bool, left_out: Callable[[Path], None]) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):  # does not follow links to folders: no loops
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if name.startswith(".") or _is_library_file(path):
                continue
            if not _has_known_suffix(name, archives):
                left_out(path)
            elif _stays_inside(path, folder):
                yield path


def belongs(path: Path, names: Sequence[str], archives: bool = False) -> bool:
    """Return True if the names cover a file or folder, which need not exist any more."""
    absolute = Path(_absolute(path))
    return any(_covers(Path(name).expanduser(), absolute, archives) for name in names)


def _covers(named: Path, path: Path, archives: bool) -> bool:
    whole = _absolute(named)
    if not is_folder(named):
        if not glob.has_magic(whole):
            return os.fspath(path) == whole
        places = (path, *path.parents)
        return not _is_library_file(path) and any(_matches(place.parts, Path(whole).parts) for place in places)
    if not path.is_relative_to(whole) or any(part.startswith(".") for part in path.relative_to(whole).parts):
        return False
    if _is_library_file(path):
        return False
    if not exists(path) or is_folder(path):
        return True
    return _has_known_suffix(path.name, archives) and _stays_inside(path, named)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return True if a glob finds a path, part by part: `*` matches neither folders' contents nor hidden names."""
    if not pattern or not parts:
        return not parts and all(part == "**" for part in pattern)
    hidden = parts[0].startswith(".")
    if pattern[0] == "**":
        return _matches(parts, pattern[1:]) or (not hidden and _matches(parts[1:], pattern))
    fits = fnmatchcase(parts[0], pattern[0]) and (not hidden or pattern[0].startswith("."))
    return fits and _matches(parts[1:], pattern[1:])


def _is_library_file(path: Path) -> bool:
    """Return True for a library's own files and folders, and everything in these.

    They are no documents of the shell's user, and ingesting the indexes while watching would change them again.
    """
    places = (path, *path.parents)
    return any(is_of_library(place.name) and is_library(place.parent) for place in places)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  Path.resolve would follow links


def _has_known_suffix(name: str, archives: bool) -> bool:
    return Path(name).suffix.lower() in SUFFIXES or (archives and is_archive(name))


def _stays_inside(path: Path, folder: Path) -> bool:
    is_link = os.path.islink(path)  # noqa: PTH114  Path.is_symlink raises without permission
    return not is_link or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
