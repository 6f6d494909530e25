"""Users in an auth file: names with their roles and salted, slowly hashed passwords.

`citewell users` and the admin page write it; the app reads it again when it has changed, so that a user who was removed
is out at once.
"""

import json
import os
import stat
from dataclasses import asdict
from functools import cache
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from rag.errors import SettingsError
from rag.runtime.atomic_write import written_whole
from serving.accounts import AccountFile
from serving.user_store import UserStore

_FILE = TypeAdapter(AccountFile)
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


class Users(UserStore):
    """The users of an auth file.

    Its methods raise a `SettingsError` if the file is missing, unreadable or damaged, or others may read or change it.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._read: tuple[tuple[int, int, int], AccountFile] | None = None

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self.path)

    def make(self) -> None:
        """Make the file if it is missing: those who sign in elsewhere are written into it.

        Raises:
            SettingsError: it cannot be written.
        """
        with self._changing():
            if not self.path.exists():
                self._write(AccountFile())

    def _load_to_add(self) -> AccountFile:
        return self._load() if self.path.exists() else AccountFile()

    def _changing(self) -> FileLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return FileLock(self.path.with_name(self.path.name + ".lock"), mode=0o600)
        except OSError as error:
            raise SettingsError(f"The auth file {self.path} cannot be written: {error.strerror}.") from error

    def _load(self) -> AccountFile:
        try:
            found = self.path.stat()
            key = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._read is None or self._read[0] != key:
                _require_private(self.path, found.st_mode)
                self._read = (key, _parse(self.path.read_bytes(), self.path))
        except FileNotFoundError as error:
            raise SettingsError(
                f"There is no auth file {self.path}. Make one with 'citewell users add NAME --auth-file {self.path}'."
            ) from error
        except OSError as error:
            raise SettingsError(f"The auth file {self.path} cannot be read: {error.strerror}.") from error
        return self._read[1]

    def _write(self, file: AccountFile) -> None:
        try:
            with written_whole(self.path) as partial:
                descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as stream:
                    json.dump(asdict(file), stream, indent=1)
                    stream.flush()
                    os.fsync(stream.fileno())
        except OSError as error:
            raise SettingsError(f"The auth file {self.path} cannot be written: {error.strerror}.") from error


@cache
def users_at(path: Path) -> Users:
    """Return the users of an auth file: one object for all who ask, as it remembers what it has read."""
    return Users(path)


def _require_private(path: Path, mode: int) -> None:
    if os.name == "posix" and mode & _FORBIDDEN_MODE:
        raise SettingsError(f"Others may read or change the auth file {path}. Forbid it: chmod 600 {path}")


def _parse(text: bytes, path: Path) -> AccountFile:
    try:
        file = _FILE.validate_json(text)
        for password in file.users.values():
            bytes.fromhex(password.salt + password.hash)
    except (ValidationError, ValueError) as error:
        raise SettingsError(
            f"The auth file {path} is damaged. Restore it, or make a new one with 'citewell users add'."
        ) from error
    if file.format != 1:
        raise SettingsError(f"The auth file {path} was written by a newer Citewell. Update Citewell.")
    return file
