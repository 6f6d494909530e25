"""The stores of a library in PostgreSQL, over shared connections."""

from functools import cached_property

from rag.interfaces.search_indexes import Indexes
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import prepare
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.postgres_indexes import PostgresIndexes
from rag.stores.postgres.postgres_jobs import PostgresJobs
from rag.stores.postgres.postgres_library import PostgresLibrary
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes
from rag.stores.sql_statements import SharedPart


class PostgresStores:
    """The stores in the database of an address. Its tables are made or migrated first.

    Raises:
        SettingsError: the address cannot be used.
        LibraryError: the database cannot be reached, or not be used.
    """

    def __init__(self, address: str, embedder: str) -> None:
        self._connections = Connections(address)
        try:
            prepare(self._connections, embedder)
        except BaseException:
            self._connections.close()
            raise

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    @cached_property
    def library(self) -> PostgresLibrary:
        """Documents, pages, chunks, vectors and the ledger."""
        return PostgresLibrary(PostgresDatabase(self._connections, "library"))

    @cached_property
    def conversations(self) -> SqlConversations:
        """The conversations."""
        return SqlConversations(PostgresDatabase(self._connections, "conversations"))

    @cached_property
    def notes(self) -> SqlNotes:
        """The notes."""
        return SqlNotes(PostgresDatabase(self._connections, "notes"))

    def shared(self, part: SharedPart) -> PostgresDatabase:
        """Return a part of what several servers share."""
        return PostgresDatabase(self._connections, part)

    @cached_property
    def jobs(self) -> PostgresJobs:
        """The queue of what is to be ingested."""
        return PostgresJobs(self._connections)

    def indexes(self, dimension: int) -> Indexes:
        """Return the indexes over vectors of a dimension."""
        return PostgresIndexes(PostgresDatabase(self._connections, "indexes"), self.library, dimension)
