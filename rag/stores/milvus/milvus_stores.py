"""The stores of a library in PostgreSQL whose indexes are in Milvus."""

from functools import cached_property

from rag.stores.milvus.milvus_indexes import MilvusIndexes
from rag.stores.milvus.milvus_server import MilvusServer
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.postgres_library import PostgresLibrary
from rag.stores.postgres.postgres_stores import PostgresStores


class MilvusStores(PostgresStores):
    """The stores in the database of an address, searched in the Milvus of another.

    Raises:
        SettingsError: an address cannot be used.
        LibraryError: the database cannot be reached, or not be used.
    """

    def __init__(self, address: str, embedder: str, milvus: str) -> None:
        self._milvus = MilvusServer(milvus)
        super().__init__(address, embedder)

    def close(self) -> None:
        """Close the connections."""
        self._milvus.close()
        super().close()

    @cached_property
    def library(self) -> PostgresLibrary:
        """Documents, pages, chunks, vectors and the ledger; no index over the vectors, which would fill the memory."""
        return PostgresLibrary(PostgresDatabase(self._connections, "library"), indexes_vectors=False)

    def indexes(self, dimension: int) -> MilvusIndexes:
        """Return the indexes over vectors of a dimension. Those who write them take turns by the database's lock."""
        taking_turns = PostgresDatabase(self._connections, "indexes").writing
        return MilvusIndexes(self._milvus, self.library, dimension, taking_turns)
