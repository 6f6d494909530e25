"""Read and write backups: whole ones, and those that have what changed since an earlier one, which lies beside them.

A whole backup has every file of a library. One that goes on from another has the files that changed, and of SQLite's
files the blocks that changed. Its manifest has the hash of every file as it is when put together, and that of the
earlier one's manifest, so that another file of the same name is noticed.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.errors import LibraryError
from rag.runtime.file_hash import sha256_of
from rag.stores.database import DATABASE
from rag.stores.library_folder import ACCEPTED

MANIFEST = "manifest.json"
BLOCK = 1 << 16
"""Bytes of a block: a multiple of the size of SQLite's pages."""

_BY_BLOCKS = ".sqlite"
_OWN_FOLDERS = (PurePosixPath(), PurePosixPath(ACCEPTED))
"""Where files of this end are SQLite's, and stored by blocks: everywhere else they are people's."""

_COUNT = "{}.blocks"
_PART = "{}.blocks/{}"
"""Members of a file that is stored by blocks: the number of its blocks, and each that changed."""

_MAX_CHAIN = 400
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class Backup:
    """An opened backup and those that it goes on from, the newest first; `files` has the hash of each file."""

    archives: tuple[zipfile.ZipFile, ...]
    files: Mapping[str, str]
    manifest_hash: str

    def content(self, name: str) -> Iterator[bytes]:
        """Yield a file in blocks.

        Raises:
            KeyError: it is in none of the archives.
        """
        return _content(self.archives, name)

    def verify(self, path: Path) -> None:
        """Read everything.

        Raises:
            LibraryError: a file is not as it was written.
        """
        for name, expected in self.files.items():
            hashed = hashlib.sha256()
            try:
                for block in self.content(name):
                    hashed.update(block)
            except _UNREADABLE as error:
                raise _damaged(path, error) from error
            if hashed.hexdigest() != expected:
                raise LibraryError(f"The backup {path} is damaged: {name} is not as it was written.")


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """Open a backup, and those beside it that it goes on from.

    Raises:
        LibraryError: it is no backup, or one that it goes on from is not there, or it is damaged.
    """
    with ExitStack() as opened:
        try:
            backup = _opened(path, opened)
        except _UNREADABLE as error:
            raise _damaged(path, error) from error
        yield backup


def _opened(path: Path, opened: ExitStack) -> Backup:
    archives, files, first, expected = list[zipfile.ZipFile](), dict[str, str](), "", ""
    at: Path | None = path
    while at:
        archives.append(opened.enter_context(zipfile.ZipFile(_present(at, path))))
        written = archives[-1].read(MANIFEST)
        hashed = hashlib.sha256(written).hexdigest()
        manifest = json.loads(written)
        if (expected and hashed != expected) or len(archives) > _MAX_CHAIN:
            raise LibraryError(f"The backup {path} goes on from another file than {at} is now.")
        if not first:
            first, files = hashed, dict(manifest["files"] if "previous_manifest" in manifest else manifest)
        at, expected = _previous(manifest, at)
    if DATABASE not in files:
        raise LibraryError(f"The file {path} is no backup of a library.")
    return Backup(tuple(archives), files, first)


def _damaged(path: Path, error: Exception) -> LibraryError:
    return LibraryError(f"The file {path} is no backup of a library, or is damaged: {error}.")


def write_file(archive: zipfile.ZipFile, name: str, path: Path, since: Backup | None) -> str:
    """Write a file into an archive, or what of it changed since a backup; return the hash of what was written.

    Raises:
        OSError: it cannot be read (any more).
    """
    if since is None or name not in since.files:
        return _write_whole(archive, name, path)
    hashed = sha256_of(path)
    if since.files[name] == hashed:
        return hashed
    if _is_by_blocks(name):
        _write_blocks(archive, name, path, since)
        return hashed
    return _write_whole(archive, name, path)


def manifest_of(files: Mapping[str, str], since: Backup | None, previous: str = "") -> str:
    """Return the text of a manifest; `previous` is the file name of the backup that it goes on from."""
    chain = {"previous": previous, "previous_manifest": since.manifest_hash, "files": files} if since else files
    return json.dumps(chain, indent=1)


def _previous(manifest: Mapping[str, str], path: Path) -> tuple[Path | None, str]:
    """Return the file that a backup goes on from, and the hash of its manifest."""
    if "previous_manifest" not in manifest:
        return None, ""
    return path.with_name(Path(manifest["previous"]).name), manifest["previous_manifest"]


def _present(path: Path, wanted: Path) -> Path:
    if not path.is_file() and path != wanted:
        raise LibraryError(f"The backup {wanted} goes on from {path.name}, which is not beside it. Put it there.")
    return path


def _content(archives: tuple[zipfile.ZipFile, ...], name: str) -> Iterator[bytes]:
    for index, archive in enumerate(archives):
        if name in archive.NameToInfo:
            with archive.open(name) as stream:
                while block := stream.read(BLOCK):
                    yield block
            return
        if _is_by_blocks(name) and _COUNT.format(name) in archive.NameToInfo:
            earlier = _content(archives[index + 1 :], name)
            for number in range(int(archive.read(_COUNT.format(name)))):
                block, part = next(earlier, b""), _PART.format(name, number)
                yield archive.read(part) if part in archive.NameToInfo else block
            return
    raise KeyError(name)


def _is_by_blocks(name: str) -> bool:
    return name.endswith(_BY_BLOCKS) and PurePosixPath(name).parent in _OWN_FOLDERS


def _write_whole(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Write a file, and return the hash of what was read: others may be writing it."""
    hashed = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            hashed.update(block)
            target.write(block)
    return hashed.hexdigest()


def _write_blocks(archive: zipfile.ZipFile, name: str, path: Path, since: Backup) -> None:
    number, earlier = 0, since.content(name)
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            if block != next(earlier, b""):
                archive.writestr(_PART.format(name, number), block)
            number += 1
    archive.writestr(_COUNT.format(name), str(number))
