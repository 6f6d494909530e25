"""Name, identify and check a file."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import DocumentError
from rag.types import NewDocument

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
"""Suffixes of archives whose members can be read."""

_NOT_UTF8 = "bytes:"
_SPELT_OUT = re.compile(r"\\x([89a-f][0-9a-f])")
_MEMBER = "!/"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to ingest: its place, its name, and the source that identifies it across runs for its owner.

    `password` opens it if it is encrypted and is never stored. `rejection` says why it cannot be read at all. A
    `temporary` file is deleted once read. A page of the web has an `address`, and the `charset` that its server named.
    A `collection` of None is the ingestor's.
    """

    path: Path
    name: str
    source: str
    owner: str = ""
    password: str | None = field(default=None, repr=False)
    rejection: str = ""
    temporary: bool = False
    address: str = ""
    charset: str = ""
    collection: str | None = None

    @property
    def reading(self) -> dict[str, Any]:
        """Arguments of the tasks that read it. The name tells formats apart; an address may end in anything."""
        if not self.address:
            return {"path": str(self.path), "name": self.name}
        return {"path": str(self.path), "name": self.path.name, "charset": self.charset, "of_web": True}

    @classmethod
    def at(cls, path: Path, source: str | None = None, *, owner: str = "", password: str | None = None) -> "File":
        """Return the file at a path, identified by its absolute path unless `source` is given."""
        return cls(
            path=path,
            name=storable(path.name),
            source=source or source_of(path),
            owner=owner,
            password=password,
        )


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Properties of a file that change when somebody writes to it."""

    size: int
    modified: int
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedFile:
    """A file to be read: how it was found, as what it is to be stored, and the facts that a person entered.

    `name` is the one that the library will have for it: that under which its content came first. `seconds` is the time
    spent on it so far.
    """

    file: File
    found: Fingerprint
    document: NewDocument
    replaces: bool
    name: str
    edited: Mapping[str, str]
    seconds: float


def source_of(path: Path) -> str:
    """Return the source of the file at a path. A name that is not UTF-8 differs from one that spells out its bytes."""
    resolved = os.path.realpath(path)  # Path.resolve raises on a loop of links
    return resolved if storable(resolved) == resolved else _NOT_UTF8 + storable(resolved)


def path_of(source: str) -> Path:
    """Return the file of a source; for a member of an archive, the archive."""
    for mark in re.finditer(_MEMBER, source):
        if is_archive(source[: mark.start()]):
            source = source[: mark.start()]
            break
    if not source.startswith(_NOT_UTF8):
        return Path(source)
    return Path(_SPELT_OUT.sub(lambda byte: chr(0xDC00 + int(byte[1], 16)), source.removeprefix(_NOT_UTF8)))


def fingerprint(path: Path, max_bytes: int) -> Fingerprint:
    """Return the fingerprint of a file that can be ingested.

    Raises:
        DocumentError: it does not exist, is empty, too large, or not a regular file.
        OSError: it cannot be looked at.
    """
    try:
        found = path.stat()
    except FileNotFoundError as error:
        what = "it is a link to something that is missing" if path.is_symlink() else "there is no such file or folder"
        raise DocumentError(what) from error
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError("it is not a regular file")
    if found.st_size == 0:
        raise DocumentError("the file is empty")
    if found.st_size > max_bytes:
        raise DocumentError(
            f"the file has {found.st_size / 1e6:.0f} MB, and the limit is {max_bytes / 1e6:.0f} MB "
            "(setting max_file_mb)"
        )
    return Fingerprint(found.st_size, found.st_mtime_ns, found.st_ino)


def exists(path: Path) -> bool:
    """Return True if a file or folder visibly exists; `Path.exists` raises without permission."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: Path) -> bool:
    """Return True if a path is visibly a folder; `Path.is_dir` raises without permission."""
    return os.path.isdir(path)  # noqa: PTH112


def is_deleted(path: Path) -> bool:
    """Return True if a file certainly does not exist; never for an upload, nor without permission to look."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return path.is_absolute()
    except OSError:
        return False
    return False


def explain(error: OSError) -> str:
    """Return why a file cannot be read, for the user."""
    if isinstance(error, PermissionError):
        return "it may not be read (permission denied)"
    return (error.strerror or str(error)).lower()


def is_archive(name: str) -> bool:
    """Return True if a file of this name is an archive whose members can be read."""
    return name.lower().endswith(ARCHIVES)


def storable(name: str) -> str:
    """Return a name that the library, JSON and terminals can hold: bytes that are not UTF-8 are spelt out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
