"""Protocol of where uploaded files and copies of web pages are kept: a folder, or storage that servers share."""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol


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
