"""Read and write the auth file: names with salted, slowly hashed passwords.

`citewell users` writes it; the app reads it again when it has changed, so that a user who was removed is out at once.
"""

import json
import os
import re
import stat
import unicodedata
from dataclasses import asdict, dataclass, field
from hashlib import scrypt, sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_bytes
from typing import Annotated

from filelock import FileLock
from pydantic import Field, TypeAdapter, ValidationError

from rag.errors import SettingsError
from rag.runtime.atomic_write import written_whole

MIN_CHARACTERS = 10
MAX_CHARACTERS = 1000

_NAME = re.compile(r"\w[\w.@-]{0,63}")
_BLOCK, _PASSES = 8, 3  # with a cost of 15 as OWASP recommends: half a second or so
_FORBIDDEN_MODE = stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Password:
    """A password as it is stored: hashed by scrypt (RFC 7914) over 2**`cost` blocks, with its own salt."""

    salt: str
    hash: str
    cost: Annotated[int, Field(ge=10, le=20)] = 15

    @classmethod
    def of(cls, password: str) -> "Password":
        """Hash a password with a new salt."""
        empty = cls(token_bytes(16).hex(), "")
        return cls(empty.salt, empty._hashed(password).hex())

    def matches(self, password: str) -> bool:
        """Compare in constant time."""
        return compare_digest(self._hashed(password), bytes.fromhex(self.hash))

    def _hashed(self, password: str) -> bytes:
        text = unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
        blocks = 2**self.cost
        memory = 128 * _BLOCK * (blocks + _PASSES + 2)  # 32 MB
        return scrypt(text, salt=bytes.fromhex(self.salt), n=blocks, r=_BLOCK, p=_PASSES, maxmem=memory)


@dataclass(frozen=True, slots=True)
class _File:
    users: dict[str, Password] = field(default_factory=dict)
    format: int = 1


_NO_USER = Password(token_bytes(16).hex(), token_bytes(64).hex())
"""Compared with for an unknown name, so that it takes as long as a known one."""


class Users:
    """The users of an auth file, safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, int, int], _File] | None = None

    def names(self) -> list[str]:
        """Return all names, in order.

        Raises:
            SettingsError: the file is missing, unreadable or damaged, or others may read or change it.
        """
        return sorted(self._load().users)

    def verify(self, name: str, password: str) -> bool:
        """Return whether a user of this name has this password. Slow on purpose.

        Raises:
            SettingsError: as `names`.
        """
        stored = self._load().users.get(normalize_name(name))
        return (stored or _NO_USER).matches(password[: MAX_CHARACTERS + 1]) and stored is not None

    def stamp(self, name: str) -> str | None:
        """Return a value that changes with the user's password; None if there is no such user.

        Raises:
            SettingsError: as `names`.
        """
        stored = self._load().users.get(name)
        return sha256(stored.hash.encode()).hexdigest() if stored else None

    def add(self, name: str, password: str) -> str:
        """Add a user, and return the name as it is stored.

        Raises:
            SettingsError: the name or password cannot be used, the user exists, or the file cannot be written.
        """
        name = normalize_name(name)
        if not _NAME.fullmatch(name):
            raise SettingsError(
                f"'{name}' cannot be a user's name. Use letters, digits, '.', '_', '-' and '@', 64 at most, the first "
                "a letter or digit."
            )
        return self._set(name, password, is_new=True)

    def change(self, name: str, password: str) -> str:
        """Give a user another password, and sign them out everywhere.

        Raises:
            SettingsError: the password cannot be used, there is no such user, or the file cannot be written.
        """
        return self._set(normalize_name(name), password, is_new=False)

    def remove(self, name: str) -> str:
        """Remove a user, and sign them out everywhere. Their documents and conversations stay in the library.

        Raises:
            SettingsError: there is no such user, or the file cannot be written.
        """
        name = normalize_name(name)
        with self._locked():
            users = dict(self._load().users)
            self._require(users, name, is_new=False)
            del users[name]
            self._write(_File(users))
        return name

    def _set(self, name: str, password: str, *, is_new: bool) -> str:
        if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
            raise SettingsError(
                f"The password must have {MIN_CHARACTERS} to {MAX_CHARACTERS} characters; several words make a good "
                "one."
            )
        with self._locked():
            users = dict(self._load().users) if self.path.exists() or not is_new else {}
            self._require(users, name, is_new=is_new)
            users[name] = Password.of(password)
            self._write(_File(users))
        return name

    def _require(self, users: dict[str, Password], name: str, *, is_new: bool) -> None:
        if is_new and name in users:
            raise SettingsError(f"There is a user '{name}' already. 'citewell users password {name}' changes theirs.")
        if not is_new and name not in users:
            raise SettingsError(f"There is no user '{name}'. 'citewell users list' shows their names.")

    def _locked(self) -> FileLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return FileLock(self.path.with_name(self.path.name + ".lock"), mode=0o600)
        except OSError as error:
            raise SettingsError(f"The auth file {self.path} cannot be written: {error.strerror}.") from error

    def _load(self) -> _File:
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

    def _write(self, file: _File) -> None:
        try:
            with written_whole(self.path) as partial:
                descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as stream:
                    json.dump(asdict(file), stream, indent=1)
                    stream.flush()
                    os.fsync(stream.fileno())
        except OSError as error:
            raise SettingsError(f"The auth file {self.path} cannot be written: {error.strerror}.") from error


def normalize_name(name: str) -> str:
    """Return a name as it is stored and compared: neither case nor another encoding of a letter makes another user."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _require_private(path: Path, mode: int) -> None:
    if os.name == "posix" and mode & _FORBIDDEN_MODE:
        raise SettingsError(f"Others may read or change the auth file {path}. Forbid it: chmod 600 {path}")


def _parse(text: bytes, path: Path) -> _File:
    try:
        file = TypeAdapter(_File).validate_json(text)
        for password in file.users.values():
            bytes.fromhex(password.salt + password.hash)
    except (ValidationError, ValueError) as error:
        raise SettingsError(
            f"The auth file {path} is damaged. Restore it, or make a new one with 'citewell users add'."
        ) from error
    if file.format != 1:
        raise SettingsError(f"The auth file {path} was written by a newer Citewell. Update Citewell.")
    return file
