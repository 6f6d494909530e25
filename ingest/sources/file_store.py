"""Where uploaded files and copies of web pages lie: a folder, or storage that servers share, as the settings say."""

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from ingest.sources.s3_files import S3Files


FileStore: TypeAlias = "FolderFiles | S3Files"
"""Files by their keys: the names of folders and of the file, joined by `/`.

All methods raise a `StorageError` if the storage cannot be used just now, and an `OSError` as a disk does. `folder` is
that of this machine for what is on its way in, and for locks: on the store's disk, if any.
"""


class FolderFiles:
    """The files in a folder: a key is a path from there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def require_reachable(self) -> None:
        """Ask nothing: a folder is reached whenever its disk is."""

    def put(self, key: str, file: Path) -> None:
        """Move a file to its place, over an earlier one: whole or not at all, and on the disk when this returns."""
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
        _write_through(target)
        if os.name == "posix":
            for folder in (target.parent, target.parent.parent):
                _write_through(folder)

    def read(self, key: str) -> bytes:
        """Return the content of a small file as it is now.

        Raises:
            FileNotFoundError: there is none.
        """
        return (self.folder / key).read_bytes()

    def local(self, key: str, sha256: str) -> Path:  # noqa: ARG002  readers of a disk's file compare it themselves
        """Return where a file can be read, which is not changed.

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
        """Move a file, in place of an earlier one of the target's key.

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
