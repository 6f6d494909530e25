"""The parts of a library that is copied, and what is told of a place that cannot be copied from or to.

A part consists of units, such as a document with its pages, chunks and vectors: a unit is copied in one transaction,
and is the same in both libraries if the hash over all its rows is.
"""

from dataclasses import dataclass

from rag.errors import LibraryError
from rag.stores.sql_statements import LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """A table of a part: the column with the key of the unit that a row belongs to, and what orders its rows."""

    name: str
    unit: str
    order: str

    def rows(self, columns: str, chosen: str) -> str:
        """Return the query for the rows of chosen units: the unit's key, then these columns."""
        return (
            f"SELECT {self.unit}, {columns} FROM {self.name} WHERE {self.unit} IN {chosen} "  # noqa: S608  our own
            f"ORDER BY {self.unit}, {self.order}"
        )

    def deletion(self, chosen: str) -> str:
        """Return the statement that deletes the rows of chosen units."""
        return f"DELETE FROM {self.name} WHERE {self.unit} IN {chosen}"  # noqa: S608


class _Vectors(CopiedTable):
    """The vectors: of which document one is, its chunk says."""

    __slots__ = ()

    def rows(self, columns: str, chosen: str) -> str:
        return (
            f"SELECT c.document_id, {columns} FROM vectors JOIN chunks c ON c.id = chunk_id "  # noqa: S608
            f"WHERE c.document_id IN {chosen} ORDER BY c.document_id, chunk_id"
        )

    def deletion(self, chosen: str) -> str:
        return f"DELETE FROM vectors WHERE chunk_id IN (SELECT id FROM chunks WHERE document_id IN {chosen})"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedPart:
    """A part of a library: its tables, those first that others refer to, and the query for its units and their rows."""

    name: str
    units: str
    tables: tuple[CopiedTable, ...]
    is_numbered: bool = False

    def chosen(self) -> str:
        """Return the keys in one parameter, as a list in SQL."""
        return LISTED if self.is_numbered else "(SELECT value FROM json_each(?))"


PARTS = (
    CopiedPart(
        name="documents",
        units=(
            "SELECT d.id, (SELECT count(*) FROM pages WHERE document_id = d.id) + "
            "(SELECT count(*) FROM chunks WHERE document_id = d.id) FROM documents d ORDER BY d.id"
        ),
        tables=(
            CopiedTable(name="documents", unit="id", order="id"),
            CopiedTable(name="pages", unit="document_id", order="number"),
            CopiedTable(name="chunks", unit="document_id", order="id"),
            _Vectors(name="vectors", unit="chunk_id", order="chunk_id"),
            CopiedTable(name="overviews", unit="document_id", order="language"),
        ),
        is_numbered=True,
    ),
    CopiedPart(
        name="sources",
        units="SELECT source, count(*) FROM ledger GROUP BY source ORDER BY source",
        tables=(CopiedTable(name="ledger", unit="source", order="owner"),),
    ),
    CopiedPart(
        name="removals",
        units="SELECT chunk_id, 1 FROM removals ORDER BY chunk_id",
        tables=(CopiedTable(name="removals", unit="chunk_id", order="chunk_id"),),
        is_numbered=True,
    ),
    CopiedPart(
        name="conversations",
        units=(
            "SELECT c.id, (SELECT count(*) FROM exchanges WHERE conversation_id = c.id) FROM conversations c ORDER BY 1"
        ),
        tables=(
            CopiedTable(name="conversations", unit="id", order="id"),
            CopiedTable(name="exchanges", unit="conversation_id", order="number"),
            CopiedTable(name="exclusions", unit="conversation_id", order="document_id"),
            CopiedTable(name="open_questions", unit="conversation_id", order="key"),
        ),
    ),
    CopiedPart(
        name="notes",
        units="SELECT id, 1 FROM notes ORDER BY id",
        tables=(CopiedTable(name="notes", unit="id", order="id"),),
    ),
)
"""The parts, those first that others refer to. What else has rows that belong to a library is added here."""

TABLES = tuple(table.name for part in PARTS for table in part.tables)
NUMBERED = ("chunks", "documents")
"""The tables that give their rows ids in turn, none of them twice."""


def in_use(label: str) -> LibraryError:
    """Return what to do while another copy into the same place runs."""
    return LibraryError(f"Another copy into {label} is running. Wait until it is done.")


def another_format(label: str, version: str, *, is_newer: bool) -> LibraryError:
    """Return how to go on with a library whose tables are not of this program's version."""
    way = "Upgrade Citewell" if is_newer else "Open it once with 'citewell library list', which brings it up to date"
    return LibraryError(
        f"The library in {label} is of another format ({version}) than this Citewell copies. {way}, and try again."
    )
