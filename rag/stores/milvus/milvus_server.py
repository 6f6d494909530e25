"""The connection of one process to a Milvus server: its address, its calls, and its failures as sentences."""

import logging
import re
from contextlib import suppress
from threading import Lock
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import grpc
from pymilvus import MilvusClient
from pymilvus.exceptions import MilvusException

from rag.errors import LibraryError, SettingsError

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it writes a trace of each failure that we tell
_CONNECT_SECONDS = 10
_CALL_SECONDS = 60
_NOT_FOUND = 100
"""Milvus's code for a collection that is not there."""

_AWAY = re.compile(r"connecting|unavailable|deadline|time ?out|timed out|refused|not ready", re.IGNORECASE)
_NOT_LOADED = re.compile(r"not loaded|released", re.IGNORECASE)
_REFUSED = re.compile(r"unauthenticated|auth check failure|authenticat|permission ?denied", re.IGNORECASE)


class NotLoadedError(LibraryError):
    """A collection is not in the server's memory: it was started anew."""


class MilvusServer:
    """The server of an address, `http://USER:PASSWORD@HOST:PORT/DATABASE`. Connects at the first call.

    Raises:
        SettingsError: the address cannot be used.
    """

    OLDEST: ClassVar = (2, 4)
    """The first version with sparse vectors, which words need, and with indexes over arrays."""

    def __init__(self, address: str) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port or 19530
        except ValueError:  # its message would tell parts of the address, such as the password
            host, port = None, 0
        if not host or parts.scheme not in ("http", "https"):
            raise SettingsError("The setting 'milvus' is no address of Milvus. Write 'http://HOST:19530'.")
        written = f"[{host}]" if ":" in host else host
        self._options = {"uri": f"{parts.scheme}://{written}:{port}", "db_name": unquote(parts.path.strip("/"))}
        self._options |= {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        self.label = f"{written}:{port}"
        self._client: MilvusClient | None = None
        self._version = ""
        self._lock = Lock()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            with suppress(MilvusException, grpc.RpcError):
                client.close()

    def version(self) -> str:
        """Return the version that it says.

        Raises:
            LibraryError: the server is away, refuses us, or is too old.
        """
        self.call("list_collections")
        return self._version

    def is_lite(self) -> bool:
        """Return whether it is Milvus Lite, which has no indexes over numbers and arrays: it is for small libraries.

        Raises:
            LibraryError: the server is away, refuses us, or is too old.
        """
        return "lite" in self.version()

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method of pymilvus's client.

        Raises:
            LibraryError: the server is away, refuses us, is too old, or cannot do it.
        """
        try:
            return getattr(self._connected(), method)(timeout=_CALL_SECONDS, **arguments)
        except (MilvusException, grpc.RpcError) as error:
            if _is_away(error):
                self.close()  # the next call connects anew
            raise self._explained(error) from None  # the error may hold the connection's parameters

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None:
                client = MilvusClient(**self._options, timeout=_CONNECT_SECONDS)
                self._version = str(client.get_server_version(timeout=_CONNECT_SECONDS))
                self._require_version(self._version)
                self._client = client
            return self._client

    def _require_version(self, said: str) -> None:
        found = re.search(r"(\d+)\.(\d+)", said)
        if found and (int(found[1]), int(found[2])) < self.OLDEST:
            raise LibraryError(
                f"Milvus at {self.label} is of version {found[0]}, and Citewell needs 2.4 or newer. Upgrade it, or "
                "take 'milvus' out of the settings."
            )

    def _explained(self, error: Exception) -> LibraryError:
        said = " ".join(str(getattr(error, "message", "") or error).split())
        if _REFUSED.search(said):
            return LibraryError(
                f"Milvus at {self.label} refuses the user or the password. Give both in the address: "
                "CITEWELL_MILVUS=http://USER:PASSWORD@HOST:PORT."
            )
        if _is_away(error):
            return LibraryError(
                f"Milvus at {self.label} does not answer. Start it, or correct the setting 'milvus'; Citewell goes on "
                "by itself once it answers."
            )
        if getattr(error, "code", None) == _NOT_FOUND:
            return LibraryError("The search index in Milvus is being built anew. Try again in a moment.")
        kind = NotLoadedError if _NOT_LOADED.search(said) else LibraryError
        return kind(
            f"Milvus at {self.label} cannot do what it is asked: {said}. The documents are safe: the index is derived "
            "from them, and 'citewell library verify --repair' builds it anew."
        )


def _is_away(error: Exception) -> bool:
    return bool(_AWAY.search(str(error)))
