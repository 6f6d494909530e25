"""Vector stores as collections: their ids, which have the collection's name in them, and those that are still empty."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from threading import Lock
from typing import Any

from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller, caller_of
from api.openai.openai_errors import ParameterError
from api.openai.served_models import collections_of, created_at
from rag.types import Document

_PREFIX = "vs_"
MAX_NAME = 100
"""Characters of a collection's name."""

MAX_FILES = 500
"""Files that one request may name: each is looked up and moved."""

_MAX_EMPTY = 10_000


@dataclass(frozen=True, slots=True)
class Store:
    """A collection with its documents, in the order they were added, and the time of its beginning."""

    name: str
    documents: tuple[Document, ...]
    began_at: int

    @property
    def id(self) -> str:
        """Its id, which stays the same as long as the collection's name does."""
        return _PREFIX + urlsafe_b64encode(self.name.encode()).decode().rstrip("=")

    def json(self) -> dict[str, Any]:
        """Return the vector store object."""
        return {
            "id": self.id,
            "object": "vector_store",
            "created_at": self.began_at,
            "last_active_at": self.began_at,
            "name": self.name,
            "status": "completed",
            "usage_bytes": sum(document.size for document in self.documents),
            "file_counts": file_counts(len(self.documents)),
            "metadata": {},
            "expires_after": None,
            "expires_at": None,
        }


def file_counts(completed: int) -> dict[str, int]:
    """Return the counts of files by their state: a document is in a collection at once, or not at all."""
    return {"in_progress": 0, "completed": completed, "failed": 0, "cancelled": 0, "total": completed}


class EmptyStores:
    """Vector stores that were made and have no document yet: no collection of the library, so only this server's."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    def add(self, owner: str, name: str) -> None:
        """Note that a store was made."""
        with self._lock:
            self._made.setdefault((owner, name), int(time.time()))
            if len(self._made) > _MAX_EMPTY:
                self._made.pop(next(iter(self._made)))

    def remove(self, owner: str, name: str) -> None:
        """Forget a store."""
        with self._lock:
            self._made.pop((owner, name), None)

    def of(self, owner: str) -> dict[str, int]:
        """Return when an owner's stores were made, by their names."""
        with self._lock:
            return {name: at for (whose, name), at in self._made.items() if whose == owner}


class Stores:
    """The vector stores of one server."""

    def __init__(self, backend: Backend) -> None:
        self._services = backend.services
        self.empty = EmptyStores()

    def all(self, caller: Caller) -> list[Store]:
        """Return a caller's stores, the oldest first."""
        documents = collections_of(self._services, caller)
        made = self.empty.of(caller.owner)
        names = {name for name in (*documents, *made) if caller.collection in (None, name)}
        stores = [self._store(name, documents.get(name, []), made.get(name)) for name in names]
        return sorted(stores, key=lambda store: (store.began_at, store.name))

    def find(self, caller: Caller, id_: str) -> Store:
        """Return the store of an id.

        Raises:
            ParameterError: the caller has none.
        """
        name = _name_of(id_)
        store = next((store for store in self.all(caller) if store.name == name), None)
        if store is None:
            raise ParameterError(
                "vector_store_id", f"There is no vector store '{id_[:100]}'. /v1/vector_stores lists them.", status=404
            )
        return store

    def named_in(self, request: Request) -> Store:
        """Return the store that a request's address names.

        Raises:
            ParameterError: the caller has none of this id.
        """
        return self.find(caller_of(request), request.path_params["id"])

    def _store(self, name: str, documents: list[Document], made_at: int | None) -> Store:
        times = [created_at(document) for document in documents]
        return Store(name, tuple(documents), min(times + ([made_at] if made_at is not None else [])))


def _name_of(id_: str) -> str:
    """Return the name that an id has in it; "" if it is none of ours."""
    coded = id_.removeprefix(_PREFIX)
    try:
        return urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except (Error, ValueError):
        return ""
