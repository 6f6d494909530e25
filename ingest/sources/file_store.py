"""Where uploaded files and copies of web pages lie: a folder, or storage that servers share, as the settings say."""

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from rag.errors import SettingsError
from rag.settings import Settings


class FileStore(Protocol):
    """Files by their keys: the names of folders and of the file, joined by `/`.

    All methods raise a `StorageError` if the storage cannot be used just now, and an `OSError` as a disk does.
    """

    @property
    def folder(self) -> Path:
        """The folder of this machine for what is on its way in, and for locks: on the store's disk, if any."""

    def require_reachable(self) -> None:
        """Check that files can be stored and deleted now, if they are not on a disk of this machine.

        Raises:
            StorageError: they cannot; it says why, and what to do.
        """

    def put(self, key: str, file: Path) -> None:
        """Store a file of this machine, which is moved, in place of an earlier one: whole or not at all."""

    def read(self, key: str) -> bytes:
        """Return the content of a small file as it is now.

        Raises:
            FileNotFoundError: there is none.
        """

    def local(self, key: str, sha256: str) -> Path:
        """Return where a file can be read on this machine, for the next minutes; it may be a copy, and is not changed.

        `sha256` is the hash that its content has, or at least 32 characters of it; "" if that is not known.

        Raises:
            FileNotFoundError: there is none.
            ChangedFileError: a copy would have another hash. A file on a disk of this machine is not looked at.
        """

    def exists(self, key: str) -> bool:
        """Return whether there is a file of this key."""

    def move(self, source: str, target: str) -> None:
        """Move a file, in place of an earlier one of the target's key.

        Raises:
            FileNotFoundError: there is none.
        """

    def delete(self, key: str) -> None:
        """Delete a file, if there is one."""

    def clear(self, folder: str, keeping: Collection[str] = ()) -> None:
        """Delete the files of a folder but those of these names, and without any names the folder too."""

    def folders(self, folder: str) -> dict[str, float]:
        """Return the names of the folders in a folder, each with the time of its last change."""


class FolderFiles:
    """The `FileStore` in a folder: a key is a path from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def require_reachable(self) -> None:
        """Ask nothing: a folder is reached whenever its disk is."""

    def put(self, key: str, file: Path) -> None:
        """Move a file to its place, all on the disk when this returns."""
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
        _write_through(target)
        if os.name == "posix":
            for folder in (target.parent, target.parent.parent):
                _write_through(folder)

    def read(self, key: str) -> bytes:
        """Return the content of a file."""
        return (self.folder / key).read_bytes()

    def local(self, key: str, sha256: str) -> Path:  # noqa: ARG002  readers of a disk's file compare it themselves
        """Return where a file is.

        Raises:
            FileNotFoundError: there is none.
        """
        path = self.folder / key
        path.stat()
        return path

    def exists(self, key: str) -> bool:
        """Return whether there is a file of this key."""
        return (self.folder / key).is_file()

    def move(self, source: str, target: str) -> None:
        """Move a file to another key.

        Raises:
            FileNotFoundError: there is none.
        """
        path = self.folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / source).replace(path)

    def delete(self, key: str) -> None:
        """Delete a file, if there is one."""
        (self.folder / key).unlink(missing_ok=True)

    def clear(self, folder: str, keeping: Collection[str] = ()) -> None:
        """Delete the files of a folder but those of these names, and without any names the folder too."""
        with suppress(FileNotFoundError):  # another server was faster
            if not keeping:
                shutil.rmtree(self.folder / folder)
                return
            for each in (self.folder / folder).iterdir():
                if each.name not in keeping:
                    each.unlink(missing_ok=True)

    def folders(self, folder: str) -> dict[str, float]:
        """Return the names of the folders in a folder, each with the time of its last change."""
        path = self.folder / folder
        return {each.name: each.stat().st_mtime for each in path.iterdir() if each.is_dir()} if path.is_dir() else {}


def _write_through(path: Path) -> None:
    """Have a file or folder written to the disk itself."""
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def original_files(settings: Settings) -> FileStore:
    """Return where the files are kept; nothing is asked of a storage yet.

    Raises:
        SettingsError: they are in a storage, and the package for it is missing.
    """
    if settings.file_storage is None:
        return FolderFiles(settings.originals)
    return _stored(settings.file_storage, settings.originals)


@lru_cache(8)
def _stored(address: str, folder: Path) -> FileStore:
    """Return the storage of an address; one in a process, so that its connections and copies are shared."""
    try:
        from ingest.sources.s3_files import S3Files
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The setting 'shared_folder' names S3 storage, and the package {error.name} is missing. Install it: "
            "pip install --editable '.[s3]' in Citewell's folder."
        ) from error
    return S3Files(address, folder)
