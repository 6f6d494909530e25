"""The users: who may sign in, by which password, in which role. Where they are stored, its two kinds know."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from rag.errors import AccessError, SettingsError
from serving.accounts import AccountFile, Password, Role

MIN_CHARACTERS = 10
MAX_CHARACTERS = 1000
_MAX_NAME = 64

_NO_USER = Password(token_bytes(16).hex(), token_bytes(64).hex())
"""Compared with for an unknown name, so that it takes as long as a known one."""


class UserStore(ABC):
    """The users of one Citewell, safe to use from several threads and processes.

    Every method raises a `SettingsError` if an auth file, or a `LibraryError` if a database cannot be read or written.
    """

    def __init__(self) -> None:
        self._is_kept: Callable[[str], bool] = lambda _: False

    @property
    @abstractmethod
    def place(self) -> str:
        """Where they are, in words for a person at the shell."""

    @abstractmethod
    def _load(self) -> AccountFile:
        """Return all users; within `_changing`, as they are to be changed."""

    def _load_one(self, name: str) -> AccountFile:  # noqa: ARG002  a store may be read whole
        """Return one user, if there is such a one, with others or without."""
        return self._load()

    @abstractmethod
    def _changing(self) -> AbstractContextManager[object]:
        """Keep others from changing them meanwhile."""

    def _load_to_add(self) -> AccountFile:
        """Return all users; none where there is no store yet."""
        return self._load()

    @abstractmethod
    def _write(self, file: AccountFile) -> None:
        """Store these users instead."""

    def names(self) -> list[str]:
        """Return all names, in order."""
        return sorted(self._load().users)

    def verify(self, name: str, password: str) -> bool:
        """Return whether a user of this name has this password. Slow on purpose."""
        name = normalize_name(name)
        file = self._load_one(name)
        stored = None if name in file.identities else file.users.get(name)
        return (stored or _NO_USER).matches(password[: MAX_CHARACTERS + 1]) and stored is not None

    def stamp(self, name: str) -> str | None:
        """Return a value that changes with the user's password; None if there is no such user."""
        stored = self._load_one(name).users.get(name)
        return sha256(stored.hash.encode()).hexdigest() if stored else None

    def role(self, name: str) -> Role | None:
        """Return a user's role; None if there is no such user."""
        file = self._load_one(name)
        return file.role(name) if name in file.users else None

    def identity(self, name: str) -> str:
        """Return who a user is at the sign-in elsewhere by which they come; "" for one who has a password."""
        return self._load_one(name).identities.get(name, "")

    def add(self, name: str, password: str, role: Role | None = None) -> str:
        """Add a user, and return the name as it is stored. Without a role the first is an owner, others are editors.

        Raises:
            SettingsError: the name or password cannot be used, or the user exists.
        """
        name = _checked(name)
        _require_good(password)
        with self._changing():
            file = self._load_to_add()
            self._add(file, name, Password.of(password), role or ("editor" if file.users else "owner"), "")
        return name

    def keep_names(self, is_kept: Callable[[str], bool]) -> None:
        """Let nobody who signs in elsewhere have a name that is kept: what a removed user has left would be theirs."""
        self._is_kept = is_kept

    def add_from_elsewhere(self, name: str, identity: str, role: Role) -> str:
        """Add a user who signs in elsewhere, and return the name as it is stored; one known by `identity` stays.

        Raises:
            SettingsError: the name cannot be used, or it is another user's, or was a removed one's who left something.
        """
        name = _checked(name)
        with self._changing():
            file = self._load_to_add()
            known = next((each for each, whose in file.identities.items() if whose == identity), None)
            if known:
                return known
            if name in file.users:
                raise SettingsError(
                    f"There is a user '{name}' already, who signs in another way. Ask an owner of this Citewell."
                )
            if self._is_kept(name):
                raise SettingsError(
                    f"There was another '{name}' here, whose documents or conversations were kept. Ask an owner of "
                    "this Citewell."
                )
            self._add(file, name, Password.of(token_bytes(32).hex()), role, identity)
        return name

    def change(self, name: str, password: str) -> str:
        """Give a user another password, and sign them out everywhere.

        Raises:
            SettingsError: the password cannot be used, or there is no such user.
        """
        name = normalize_name(name)
        _require_good(password)
        with self._changing():
            file = self._load()
            _require_known(file, name)
            if name in file.identities:
                raise SettingsError(f"'{name}' signs in elsewhere, and has no password here.")
            self._write(replace(file.with_roles(), users={**file.users, name: Password.of(password)}))
        return name

    def set_role(self, name: str, role: Role, *, by: str = "") -> str:
        """Give a user another role. `by` is the owner who does it, "" at the shell.

        Raises:
            SettingsError: there is no such user, or no owner would be left.
            AccessError: `by` is no owner (any more).
        """
        name = normalize_name(name)
        with self._changing():
            file = self._load()
            _require_owner(file, by)
            _require_known(file, name)
            if role != "owner":
                _require_another_owner(file, name)
            self._write(replace(file, roles={**file.with_roles().roles, name: role}))
        return name

    def remove(self, name: str, *, by: str = "") -> str:
        """Remove a user, and sign them out everywhere. Their documents and conversations stay in the library.

        `by` is the owner who does it, "" at the shell.

        Raises:
            SettingsError: there is no such user, or no owner would be left.
            AccessError: `by` is no owner (any more).
        """
        name = normalize_name(name)
        with self._changing():
            file = self._load().with_roles()
            _require_owner(file, by)
            _require_known(file, name)
            if by or len(file.users) > 1:
                _require_another_owner(file, name)
            self._write(
                AccountFile(_without(file.users, name), _without(file.roles, name), _without(file.identities, name))
            )
        return name

    def take(self, other: "UserStore") -> list[str]:
        """Take over the users of another store, with passwords and roles, and return their names.

        Those that are here stay as they are, and so does who signs in elsewhere as one of them: nothing of another
        account of the same name becomes theirs, and no sign-in elsewhere leads to two accounts.
        """
        given = other._load().with_roles()
        with self._changing():
            file = self._load_to_add().with_roles()
            known = set(file.identities.values())
            new = [name for name in given.users if name not in file.users and given.identities.get(name) not in known]
            taken = AccountFile(
                file.users | {name: given.users[name] for name in new},
                file.roles | {name: given.roles[name] for name in new},
                file.identities | {name: given.identities[name] for name in new if name in given.identities},
            )
            self._write(taken)
        return new

    def _add(self, file: AccountFile, name: str, password: Password, role: Role, identity: str) -> None:
        if name in file.users:
            raise SettingsError(f"There is a user '{name}' already. 'citewell users password {name}' changes theirs.")
        identities = {**file.identities, name: identity} if identity else file.identities
        roles = {**file.with_roles().roles, name: role}
        self._write(AccountFile({**file.users, name: password}, roles, identities))


def normalize_name(name: str) -> str:
    """Return a name as it is stored and compared: neither case nor another encoding of a letter makes another user."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _checked(name: str) -> str:
    """Return a name as it is stored, of letters of any script with their marks."""
    name = normalize_name(name)
    rest = (each.isalnum() or each in "._@-" or unicodedata.category(each).startswith("M") for each in name[1:])
    if not name[:1].isalnum() or len(name) > _MAX_NAME or not all(rest):
        raise SettingsError(
            f"'{name[: _MAX_NAME + 1]}' cannot be a user's name. Use letters, digits, '.', '_', '-' and '@', "
            f"{_MAX_NAME} at most, the first a letter or digit."
        )
    return name


def _require_good(password: str) -> None:
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise SettingsError(
            f"The password must have {MIN_CHARACTERS} to {MAX_CHARACTERS} characters; several words make a good one."
        )


def _require_known(file: AccountFile, name: str) -> None:
    if name not in file.users:
        raise SettingsError(f"There is no user '{name}'. 'citewell users list' shows their names.")


def _require_owner(file: AccountFile, by: str) -> None:
    if by and by not in file.owners():
        raise AccessError("Only an owner of this Citewell can do that, and you are none (any more).")


def _require_another_owner(file: AccountFile, name: str) -> None:
    if file.owners() == {name}:
        raise SettingsError(f"'{name}' is the only owner. Make somebody else one first: citewell users role NAME owner")


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in values.items() if each != name}
