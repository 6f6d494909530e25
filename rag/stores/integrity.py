"""Check that the library's tables agree with each other: ledger, documents, pages, chunks and vectors."""

import sqlite3
from collections.abc import Iterator

from rag.stores.sql_statements import Connection

_CHECKS = {
    "documents that no source in the ledger stands for": """
        SELECT d.name FROM documents d WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.document_id = d.id)
        """,
    "sources that are ready but have no document": """
        SELECT name FROM ledger
        WHERE state = 'ready' AND (document_id IS NULL OR document_id NOT IN (SELECT id FROM documents))
        """,
    "documents stored twice for one owner": """
        SELECT min(name) FROM documents WHERE sha256 <> '' GROUP BY owner, sha256, recipe HAVING count(*) > 1
        """,
    "documents without any page": """
        SELECT d.name FROM documents d WHERE NOT EXISTS (SELECT 1 FROM pages p WHERE p.document_id = d.id)
        """,
    "documents with text but without chunks": """
        SELECT d.name FROM documents d
        WHERE EXISTS (SELECT 1 FROM pages p WHERE p.document_id = d.id AND p.text <> '')
        AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.document_id = d.id)
        """,
    "chunks that are not part of their page's text": """
        SELECT d.name FROM chunks c JOIN documents d ON d.id = c.document_id
        LEFT JOIN pages p ON p.document_id = c.document_id AND p.number = c.page
        WHERE p.text IS NULL OR c.start < 0 OR c.start >= c."end" OR c."end" > length(p.text)
        """,
    "vectors without a chunk": """
        SELECT chunk_id FROM vectors WHERE chunk_id NOT IN (SELECT id FROM chunks)
        """,
    "overviews without a document": """
        SELECT document_id FROM overviews WHERE document_id NOT IN (SELECT id FROM documents)
        """,
    "chunks or pages without a document": """
        SELECT document_id FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)
        UNION ALL SELECT document_id FROM pages WHERE document_id NOT IN (SELECT id FROM documents)
        """,
    "chunks without a vector of the right length": """
        SELECT d.name FROM chunks c JOIN documents d ON d.id = c.document_id LEFT JOIN vectors v ON v.chunk_id = c.id
        WHERE v.vector IS NULL OR {dimension} <> (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'dimension')
        """,
}
"""Each inconsistency in words, and the query that finds it; `{dimension}` is written in each database's own way."""

_NAMED = 3


def findings(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the inconsistencies found in SQLite's file, in words."""
    damage = [row[0] for row in db.execute("PRAGMA quick_check(5)") if row[0] != "ok"]
    if damage:
        yield f"the file is damaged: {'; '.join(damage)}"
        return
    yield from inconsistencies(db, "length(v.vector) / 4.0")


def inconsistencies(db: Connection, dimension: str) -> Iterator[str]:
    """Yield the inconsistencies of the tables, in words; `dimension` is the expression for that of a stored vector."""
    for what, query in _CHECKS.items():
        found = [str(row[0]) for row in db.execute(query.format(dimension=dimension))]
        if found:
            names = list(dict.fromkeys(found))
            more = ", …" if len(names) > _NAMED else ""
            yield f"{len(found)} {what}: {', '.join(names[:_NAMED])}{more}"
