"""From what a user names (files, folders, globs) to the files meant."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.readers import SUFFIXES


def discover(paths: Sequence[str]) -> Iterator[Path]:
    """Files in a stable order, each once.

    A named file comes even if it is missing or of an unknown kind: the reader will say so. In a folder only files of
    known kinds count; hidden files and folders, and links that lead out of the folder, are passed over.
    """
    seen: set[str] = set()
    for name in paths:
        for path in _expand(name):
            key = os.path.realpath(path)
            if key not in seen:
                seen.add(key)
                yield path


def _expand(name: str) -> Iterator[Path]:
    path = Path(name).expanduser()
    if path.is_dir():
        yield from _in_folder(path)
    elif not path.exists() and glob.has_magic(name):
        matches = sorted(glob.glob(os.fspath(path), recursive=True))  # noqa: PTH207  Path.glob refuses absolute patterns
        if not matches:
            yield path
        for match in matches:
            yield from _in_folder(Path(match)) if Path(match).is_dir() else [Path(match)]
    else:
        yield path


def _in_folder(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):  # does not follow links to folders: no loops
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES and _stays_inside(path, folder):
                yield path


def _stays_inside(path: Path, folder: Path) -> bool:
    return not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
