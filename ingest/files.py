"""A file as it is named and identified, checked, and hashed."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import DocumentError

ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz")
"""Endings of archives that can be entered."""

_NOT_UTF8 = "bytes:"
_SPELT_OUT = re.compile(r"\\x([89a-f][0-9a-f])")
_MEMBER = "!/"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be taken in: where it lies, what it is called, and what identifies it across runs for its owner.

    `password` opens it if it is encrypted; it is kept nowhere. `refused` says why there is nothing to read at all. A
    `temporary` file is deleted when it has been read.
    """

    path: Path
    name: str
    source: str
    owner: str = ""
    password: str | None = field(default=None, repr=False)
    refused: str = ""
    temporary: bool = False

    @classmethod
    def at(cls, path: Path, source: str | None = None, *, owner: str = "", password: str | None = None) -> "File":
        """The file at a path; by default that, made absolute, identifies it."""
        return cls(
            path=path,
            name=storable(path.name),
            source=source or source_of(path),
            owner=owner,
            password=password,
        )


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file has while nobody writes to it."""

    size: int
    modified: int
    inode: int


def source_of(path: Path) -> str:
    """What identifies the file at a path. A path that is no UTF-8 is told apart from one that only looks like it."""
    resolved = os.path.realpath(path)  # not Path.resolve: that raises on a loop of links
    return resolved if storable(resolved) == resolved else _NOT_UTF8 + storable(resolved)


def path_of(source: str) -> Path:
    """The file that a source stands for; for a member of an archive, the archive."""
    for mark in re.finditer(_MEMBER, source):
        if is_archive(source[: mark.start()]):
            source = source[: mark.start()]
            break
    if not source.startswith(_NOT_UTF8):
        return Path(source)
    return Path(_SPELT_OUT.sub(lambda byte: chr(0xDC00 + int(byte[1], 16)), source.removeprefix(_NOT_UTF8)))


def check(path: Path, max_bytes: int) -> Fingerprint:
    """What the file has now.

    Raises:
        DocumentError: it is missing, empty, too large, or not a regular file.
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


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder, as far as it may be looked at: `Path.exists` raises where it may not."""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: Path) -> bool:
    """Whether it is a folder, in the same way."""
    return os.path.isdir(path)  # noqa: PTH112


def is_gone(path: Path) -> bool:
    """Whether there is no such file for certain: one that must not be looked at is not gone, nor is an upload."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return path.is_absolute()
    except OSError:
        return False
    return False


def explain(error: OSError) -> str:
    """Why a file cannot be read, for a person."""
    if isinstance(error, PermissionError):
        return "it may not be read (permission denied)"
    return (error.strerror or str(error)).lower()


def is_archive(name: str) -> bool:
    """Whether a file of this name is an archive that can be entered."""
    return name.lower().endswith(ARCHIVES)


def storable(name: str) -> str:
    """A name as the library, JSON and terminals can have it: bytes that are no UTF-8 are spelt out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
