"""Accounts as the auth file has them: passwords, roles, and who signs in elsewhere."""

import unicodedata
from dataclasses import dataclass, field, replace
from hashlib import scrypt
from hmac import compare_digest
from secrets import token_bytes
from typing import Annotated, Literal

from pydantic import Field

Role = Literal["owner", "editor", "reader"]
"""An owner has the admin page; an editor adds documents; a reader asks, and reads what is shared with them."""

_BLOCK, _PASSES = 8, 3  # with a cost of 15 as OWASP recommends: half a second or so


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
class AccountFile:
    """`identities` are the names of accounts at a sign-in elsewhere; these have no password that anybody knows."""

    users: dict[str, Password] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)
    format: int = 1

    def role(self, name: str) -> Role:
        """Return a user's role. In a file from before there were roles, the first user is the owner."""
        first = next(iter(self.users), "")
        return self.roles.get(name) or ("owner" if name == first and not self.roles else "editor")

    def with_roles(self) -> "AccountFile":
        """Return the file with the role of every user written down."""
        return replace(self, roles={name: self.role(name) for name in self.users})

    def owners(self) -> set[str]:
        """Return the names of the owners."""
        return {name for name in self.users if self.role(name) == "owner"}
