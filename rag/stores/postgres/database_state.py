"""The state of a database as it is found, for a report: nothing is written."""

from dataclasses import dataclass

import psycopg

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import HEAD, require_utf8, stored_version
from rag.stores.postgres.postgres_failures import explained

_COUNTS = b"""
    SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks), (SELECT count(*) FROM conversations),
        (SELECT count(*) FROM accounts), (SELECT count(*) FROM keys)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseState:
    """Versions of the server, of pgvector ("": not there) and of the tables ("": none), and what is in these."""

    server: str
    pgvector: str
    tables: str
    documents: int = 0
    chunks: int = 0
    conversations: int = 0
    accounts: int = 0
    keys: int = 0

    @property
    def is_new(self) -> bool:
        """True if there are no tables yet."""
        return not self.tables

    @property
    def is_older(self) -> bool:
        """True if the tables are to be migrated."""
        return "" < self.tables < HEAD

    @property
    def is_newer(self) -> bool:
        """True if the tables are of a newer Citewell."""
        return self.tables > HEAD


def read_state(connections: Connections) -> DatabaseState:
    """Return the state of a database.

    Raises:
        LibraryError: it cannot be reached, or is in another encoding than UTF-8.
    """
    with connections.borrow() as db:
        require_utf8(db, connections.label)
        try:
            vector = db.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
            tables, counts = stored_version(db), (0,) * 5
            if tables == HEAD:
                counts = db.execute(_COUNTS).fetchone() or counts
        except psycopg.Error as error:
            raise explained(error, reading=True) from error
        return DatabaseState(
            server=str(db.info.parameter_status("server_version")).split()[0],
            pgvector=str(vector[0]) if vector else "",
            tables=tables,
            documents=counts[0],
            chunks=counts[1],
            conversations=counts[2],
            accounts=counts[3],
            keys=counts[4],
        )
