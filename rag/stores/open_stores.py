"""Open the stores of a library where it is: in its folder, or in a PostgreSQL database, which Milvus may search."""

from contextlib import ExitStack, closing
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import needing_extra
from rag.interfaces import Library
from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes

if TYPE_CHECKING:
    from rag.stores.index_sync import SearchIndexes
    from rag.stores.postgres.postgres_jobs import PostgresJobs
    from rag.stores.postgres.postgres_stores import PostgresStores
    from rag.stores.sql_statements import SharedDatabase, SharedPart

needing_postgres = partial(
    needing_extra, "postgres", "The setting 'database' needs {}.", "psycopg", "alembic", "sqlalchemy"
)
needing_milvus = partial(needing_extra, "milvus", "The setting 'milvus' needs {}.", "pymilvus", "grpc")


Stores: TypeAlias = "SqliteStores | PostgresStores"
"""The stores of one library; `MilvusStores` are `PostgresStores` with indexes elsewhere."""


def open_stores(folder: Path, database: str | None, embedder: str, milvus: str | None = None) -> Stores:
    """Return the stores of the library in `folder`, or in a PostgreSQL `database` if that is given.

    A database is searched in the Milvus of an address, if one is given.

    Raises:
        SettingsError: the address cannot be used, or an extra is not installed.
        LibraryError: the database cannot be reached, or not be used.
    """
    if database is None:
        return SqliteStores(folder, embedder)
    with needing_postgres():
        from rag.stores.postgres.postgres_stores import PostgresStores
    if milvus is None:
        return PostgresStores(database, embedder)
    with needing_milvus():
        from rag.stores.milvus.milvus_stores import MilvusStores
    return MilvusStores(database, embedder, milvus)


class SqliteStores:
    """The stores in a folder: everything in one SQLite file, the indexes beside it."""

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
    def conversations(self) -> SqlConversations:
        """The conversations."""
        return SqlConversations(self._database())

    @cached_property
    def notes(self) -> SqlNotes:
        """The notes."""
        return SqlNotes(self._database())

    def shared(self, _part: "SharedPart") -> "SharedDatabase | None":
        """Return None: accounts, keys and shares are files of their own, sessions are in memory."""
        return None

    @property
    def jobs(self) -> "PostgresJobs | None":
        """The queue of what is to be ingested, which only servers of one database share: none."""
        return None

    def indexes(self, dimension: int) -> "SearchIndexes":
        """Return the indexes over vectors of a dimension."""
        from rag.stores.index_sync import SearchIndexes

        return SearchIndexes(self._folder, self.library, dimension)

    def _database(self) -> Database:
        return self._opened.enter_context(closing(Database(self._folder, embedder=self._embedder)))
