"""Read and write kept overviews of documents: plain functions inside the caller's transaction."""

import json
from collections.abc import Collection

from rag.errors import LibraryError
from rag.stores.rows.sql_statements import LISTED, Connection, json_ids
from rag.types import Overview


def overviews(db: Connection, document_id: int) -> list[Overview]:
    """Return the overviews of a document, the latest first.

    Raises:
        LibraryError: one is damaged.
    """
    rows = db.execute(
        "SELECT language, model, record, made_at FROM overviews WHERE document_id = ? ORDER BY made_at DESC, language",
        (document_id,),
    )
    try:
        return [
            Overview(
                document_id=document_id, language=language, model=model, record=json.loads(record), made_at=made_at
            )
            for language, model, record, made_at in rows
        ]
    except ValueError as error:
        raise LibraryError(
            "The overview of a document cannot be read. Remove the document and add it again, or restore "
            "library.sqlite from a backup."
        ) from error


def keep(db: Connection, overview: Overview, chunk_ids: Collection[int]) -> bool:
    """Store an overview in place of the one in the same language, if the chunks that it was made from still exist."""
    row = db.execute(
        f"SELECT count(*) FROM chunks WHERE document_id = ? AND id IN {LISTED}",  # noqa: S608  our own
        (overview.document_id, json_ids(set(chunk_ids))),
    ).fetchone()
    if not chunk_ids or row[0] != len(set(chunk_ids)):
        return False
    db.execute(
        "INSERT INTO overviews (document_id, language, model, record, made_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (document_id, language) DO UPDATE SET model = excluded.model, record = excluded.record, "
        "made_at = excluded.made_at",
        (
            overview.document_id,
            overview.language,
            overview.model,
            json.dumps(dict(overview.record), ensure_ascii=False),
            overview.made_at,
        ),
    )
    return True


def delete(db: Connection, document_id: int) -> None:
    """Delete the overviews of a document: it says something else by now, or is called by another name."""
    db.execute("DELETE FROM overviews WHERE document_id = ?", (document_id,))
