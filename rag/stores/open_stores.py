"""Open the stores of a library where it is: in its folder, or in a PostgreSQL database, which Milvus may search."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from rag.errors import SettingsError
from rag.interfaces import Conversations, Library, Notes
from rag.interfaces.job_storage import Jobs
from rag.interfaces.search_indexes import Indexes
from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes

if TYPE_CHECKING:
    from rag.stores.index_sync import SearchIndexes
    from rag.stores.sql_statements import SharedDatabase, SharedPart

_EXTRAS = {"postgres": ("psycopg", "alembic", "sqlalchemy"), "milvus": ("pymilvus", "grpc")}
_SETTINGS = {"postgres": "database", "milvus": "milvus"}


class Stores(Protocol):
    """The stores of one library."""

    @property
    def library(self) -> Library:
        """Documents, pages, chunks, vectors and the ledger."""

    @property
    def conversations(self) -> Conversations:
        """The conversations."""

    @property
    def notes(self) -> Notes:
        """The notes."""

    def shared(self, part: "SharedPart") -> "SharedDatabase | None":
        """Return a part of what several servers share; None where each part is a file of its own."""

    @property
    def jobs(self) -> Jobs | None:
        """The queue of what is to be taken in, if servers share one; None in a folder, where each has its own."""

    def indexes(self, dimension: int) -> Indexes:
        """Return the indexes over vectors of a dimension."""

    def close(self) -> None:
        """Close what was opened."""


def open_stores(folder: Path, database: str | None, embedder: str, milvus: str | None = None) -> Stores:
    """Return the stores of the library in `folder`, or in a PostgreSQL `database` if that is given.

    A database is searched in the Milvus of an address, if one is given.

    Raises:
        SettingsError: the address cannot be used, or an extra is not installed.
        LibraryError: the database cannot be reached, or not be used.
    """
    if database is None:
        return SqliteStores(folder, embedder)
    with needing_extra():
        from rag.stores.postgres.postgres_stores import PostgresStores
    if milvus is None:
        return PostgresStores(database, embedder)
    with needing_extra("milvus"):
        from rag.stores.milvus.milvus_stores import MilvusStores
    return MilvusStores(database, embedder, milvus)


@contextmanager
def needing_extra(extra: Literal["postgres", "milvus"] = "postgres") -> Iterator[None]:
    """Turn a failed import of a package of an extra into an error that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRAS[extra]:
            raise
        raise SettingsError(
            f"The setting '{_SETTINGS[extra]}' needs {error.name}. Run 'pip install --editable \".[{extra}]\"' in "
            "Citewell's folder."
        ) from error


class SqliteStores:
    """The `Stores` in a folder: everything in one SQLite file, the indexes beside it."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._embedder = embedder
        self._opened = ExitStack()

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    @cached_property
    def library(self) -> Library:
        """Documents, pages, chunks, vectors and the ledger."""
        from rag.stores.sqlite_library import SqliteLibrary

        return self._opened.enter_context(closing(SqliteLibrary(self._folder, embedder=self._embedder)))

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations."""
        return SqlConversations(self._database())

    @cached_property
    def notes(self) -> Notes:
        """The notes."""
        return SqlNotes(self._database())

    def shared(self, _part: "SharedPart") -> None:
        """Return None: accounts, keys and shares are files of their own, sessions are in memory."""

    @property
    def jobs(self) -> None:
        """None: nothing is shared."""

    def indexes(self, dimension: int) -> "SearchIndexes":
        """Return the indexes over vectors of a dimension."""
        from rag.stores.index_sync import SearchIndexes

        return SearchIndexes(self._folder, self.library, dimension)

    def _database(self) -> Database:
        return self._opened.enter_context(closing(Database(self._folder, embedder=self._embedder)))
