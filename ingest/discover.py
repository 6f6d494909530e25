"""From what a user names (files, folders, globs) to the files meant."""

import glob
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.files import is_archive, is_folder, is_there
from ingest.readers.registry import SUFFIXES
from rag.stores.database import DATABASE

_OWN = ("files", "keyword", "keyword.fresh", "dense.json", "keyword.json", "keyword.fresh.json")
"""What lies beside a library's database: uploaded files and indexes. They are no documents of whoever is at the shell,
and a watch that took in the indexes would change them by that."""


def discover(paths: Sequence[str], archives: bool = False) -> Iterator[Path]:
    """Files in a stable order, each once; with `archives`, these too.

    A named file comes even if it is missing or of an unknown kind: the reader will say so. In a folder only files of
    known kinds count; hidden files and folders, links that lead out of the folder, and a library's own files are passed
    over.
    """
    seen: set[str] = set()
    for name in paths:
        for path in _expand(name, archives):
            key = os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _expand(name: str, archives: bool) -> Iterator[Path]:
    path = Path(name).expanduser()
    if is_folder(path):
        yield from _in_folder(path, archives)
    elif not is_there(path) and glob.has_magic(name):
        matches = sorted(glob.glob(os.fspath(path), recursive=True))  # noqa: PTH207  Path.glob refuses absolute patterns
        if not matches:
            yield path
        for match in matches:
            if _is_own(Path(match)):
                continue
            yield from _in_folder(Path(match), archives) if is_folder(Path(match)) else [Path(match)]
    else:
        yield path


def _in_folder(folder: Path, archives: bool) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):  # does not follow links to folders: no loops
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if name.startswith(".") or _is_own(path):
                continue
            if _is_known(name, archives) and _stays_inside(path, folder):
                yield path


def belongs(path: Path, names: Sequence[str], archives: bool = False) -> bool:
    """Whether a file or folder, which may be gone, is among those that the names mean."""
    absolute = Path(_absolute(path))
    return any(_is_among(absolute, Path(name).expanduser(), archives) for name in names)


def _is_among(path: Path, named: Path, archives: bool) -> bool:
    whole = _absolute(named)
    if not is_folder(named):
        if not glob.has_magic(whole):
            return os.fspath(path) == whole
        return not _is_own(path) and any(_matches(place.parts, Path(whole).parts) for place in (path, *path.parents))
    if not path.is_relative_to(whole) or any(part.startswith(".") for part in path.relative_to(whole).parts):
        return False
    if _is_own(path):
        return False
    return not is_there(path) or is_folder(path) or (_is_known(path.name, archives) and _stays_inside(path, named))


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is what a glob finds, part by part: a `*` does not reach into folders, nor to hidden names."""
    if not pattern or not parts:
        return not parts and all(part == "**" for part in pattern)
    hidden = parts[0].startswith(".")
    if pattern[0] == "**":
        return _matches(parts, pattern[1:]) or (not hidden and _matches(parts[1:], pattern))
    fits = fnmatchcase(parts[0], pattern[0]) and (not hidden or pattern[0].startswith("."))
    return fits and _matches(parts[1:], pattern[1:])


def _is_own(path: Path) -> bool:
    """Whether a file or folder is one of a library's own, or lies in one."""
    places = (path, *path.parents)
    return any(place.name in _OWN and (place.parent / DATABASE).is_file() for place in places)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  Path.resolve would follow links


def _is_known(name: str, archives: bool) -> bool:
    return Path(name).suffix.lower() in SUFFIXES or (archives and is_archive(name))


def _stays_inside(path: Path, folder: Path) -> bool:
    is_link = os.path.islink(path)  # noqa: PTH114  Path.is_symlink raises where it may not look
    return not is_link or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
