"""Read the rows of chunks, with what their documents and pages say of them."""

from collections.abc import Sequence

from rag.interfaces import Changes
from rag.stores.rows.json_columns import facts_of
from rag.stores.rows.sql_statements import LISTED, Connection, json_ids
from rag.text.document_names import search_title
from rag.text.locations import first_line
from rag.text.page_heads import page_head
from rag.types import Chunk

_CHUNKS = """
    SELECT c.id, c.document_id, d.name, c.page, p.label, c.start, c.end, p.text, c.heading, d.facts, d.edited_facts
    FROM chunks c JOIN documents d ON d.id = c.document_id
    JOIN pages p ON p.document_id = c.document_id AND p.number = c.page
    WHERE c.id IN
"""


def chunks(db: Connection, ids: Sequence[int]) -> list[Chunk]:
    """Return the chunks of these ids in this order, without those that no longer exist."""
    found: dict[int, Chunk] = {}
    for row in db.execute(_CHUNKS + LISTED, (json_ids(ids),)):
        id_, document_id, document, page, label, start, end, text, heading, *facts = row
        found[id_] = Chunk(
            id=id_,
            document_id=document_id,
            document=document,
            page=page,
            page_label=label,
            start=start,
            end=end,
            text=text[start:end],
            heading=heading,
            title=search_title(document, facts_of(*facts)),
            page_head=page_head(text),
            line=line + text.count("\n", 0, start) if (line := first_line(label)) else 0,
        )
    return [found[id_] for id_ in ids if id_ in found]


def changes(db: Connection, since: int) -> Changes:
    """Return the chunks added and removed after generation `since`, and the generation of this snapshot."""
    generation = int(db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])
    added = db.execute("SELECT id FROM chunks WHERE generation > ? ORDER BY id", (since,)).fetchall()
    removed = db.execute("SELECT chunk_id FROM removals WHERE generation > ?", (since,)).fetchall()
    return Changes(generation, tuple(row[0] for row in added), tuple(row[0] for row in removed))
