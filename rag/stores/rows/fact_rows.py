"""Read and edit what documents are: plain functions inside the caller's transaction.

A person's facts are kept beside those that were found, so that reading a document again changes only the latter.
"""

import json
from collections.abc import Mapping

from rag.stores.rows import document_rows
from rag.stores.rows.json_columns import facts_of
from rag.stores.rows.sql_statements import Connection
from rag.types import DocumentFacts

_IN_CONTEXT = ("title", "organisation", "period")
"""Facts that are part of each chunk's context in the search: `rag.text.document_names.search_title`."""


def facts_by_id(db: Connection) -> dict[int, DocumentFacts]:
    """Return the facts of each document by its id."""
    rows = db.execute("SELECT id, facts, edited_facts FROM documents WHERE facts || edited_facts <> '{}{}'")
    return {id_: facts_of(*columns) for id_, *columns in rows}


def edited_facts(db: Connection, source: str, owner: str) -> dict[str, str]:
    """Return the facts that a person entered for the document of a source."""
    row = db.execute(
        "SELECT d.edited_facts FROM documents d JOIN ledger l ON l.document_id = d.id "
        "WHERE l.source = ? AND l.owner = ?",
        (source, owner),
    ).fetchone()
    return dict(json.loads(row[0])) if row else {}


def edit_facts(db: Connection, document_id: int, changes: Mapping[str, str | None], generation: int) -> bool:
    """Enter a person's facts; None restores what was found. Return False if there is no such document.

    If the search has them in its context, the keyword index gets the chunks again, and the document loses its recipe:
    it counts as read in another way, and so is read and embedded again in time.
    """
    before = document_rows.document(db, document_id)
    if before is None:
        return False
    (column,) = db.execute("SELECT edited_facts FROM documents WHERE id = ?", (document_id,)).fetchone()
    edited = {fact: value for fact, value in (json.loads(column) | dict(changes)).items() if value is not None}
    db.execute("UPDATE documents SET edited_facts = ? WHERE id = ?", (json.dumps(edited), document_id))
    after = document_rows.document(db, document_id)
    if after and any(getattr(before.facts, fact) != getattr(after.facts, fact) for fact in _IN_CONTEXT):
        document_rows.index_again(db, document_id, generation)
        db.execute("UPDATE documents SET recipe = '' WHERE id = ?", (document_id,))
    return True
