"""Notes in the library's database, beside the conversations and like them independent of the documents."""

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from rag.errors import ConflictError
from rag.stores.sql_statements import Connection, StoredDatabase
from rag.types import Note

_SELECT = "SELECT id, owner, title, text, record, version, created_at, updated_at FROM notes WHERE owner = :owner "
_CONTAINING = "AND EXISTS (SELECT 1 FROM json_each(:values) v WHERE instr(record, v.value) > 0)"


class SqlNotes:
    """Notes by owner, in the order that the owner gave them.

    Safe to use from several threads, and from several processes at once.
    """

    def __init__(self, database: StoredDatabase) -> None:
        self._database = database

    def close(self) -> None:
        """Close the database; the notes cannot be used afterwards."""
        self._database.close()

    def create(self, owner: str, title: str, text: str = "", record: Mapping[str, Any] | None = None) -> Note:
        """Store a note after the owner's others."""
        now = _now()
        with self._database.writing() as db:
            row = db.execute(
                "INSERT INTO notes SELECT :id, :owner, 1 + coalesce(max(place), -1), :title, :text, :record, 1, :now, "
                ":now FROM notes WHERE owner = :owner "
                "RETURNING id, owner, title, text, record, version, created_at, updated_at",
                {
                    "id": secrets.token_hex(8),
                    "owner": owner,
                    "title": title,
                    "text": text,
                    "record": json.dumps(record, ensure_ascii=False),
                    "now": now,
                },
            ).fetchone()
        return _note(row)

    def find(self, id_: str, owner: str) -> Note | None:
        """Return the note if it exists and is this owner's, otherwise None."""
        with self._database.reading() as db:
            return _find(db, id_, owner)

    def notes(self, owner: str) -> list[Note]:
        """Return an owner's notes in their order."""
        with self._database.reading() as db:
            return [_note(row) for row in db.execute(_SELECT + "ORDER BY place", {"owner": owner})]

    def owners(self) -> set[str]:
        """Return the owners of notes."""
        with self._database.reading() as db:
            return {owner for (owner,) in db.execute("SELECT DISTINCT owner FROM notes")}

    def edit(self, id_: str, owner: str, title: str, text: str, version: int) -> Note | None:
        """Replace title and words of a note that is still at this version, and return it; None if there is none.

        Raises:
            ConflictError: it was edited since, and stays as it is.
        """
        with self._database.writing() as db:
            found = _find(db, id_, owner)
            if found is None:
                return None
            if found.version != version:
                raise ConflictError(
                    "This note was changed in another tab meanwhile. Compare the two versions, and keep one of them."
                )
            db.execute(
                "UPDATE notes SET title = ?, text = ?, version = version + 1, updated_at = ? WHERE id = ?",
                (title, text, _now(), id_),
            )
            edited = _find(db, id_, owner)
        self._database.purge()
        return edited

    def move(self, id_: str, owner: str, place: int) -> bool:
        """Put a note at this place among the owner's, from 0; False if there is no such note."""
        with self._database.writing() as db:
            ids = [row[0] for row in db.execute("SELECT id FROM notes WHERE owner = ? ORDER BY place", (owner,))]
            if id_ not in ids:
                return False
            ids.remove(id_)
            ids.insert(max(0, place), id_)
            db.executemany("UPDATE notes SET place = ? WHERE id = ?", list(enumerate(ids)))
        return True

    def delete(self, id_: str, owner: str) -> bool:
        """Delete a note; False if there is no such note."""
        with self._database.writing() as db:
            deleted = db.execute("DELETE FROM notes WHERE id = ? AND owner = ?", (id_, owner)).rowcount > 0
        self._database.purge()
        return deleted

    def rewrite(
        self, owner: str, holding: Collection[str], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> int:
        """Change the records of this owner's notes that have one of these strings as a value; return how many.

        All are changed or none, and no trace of the old ones is left.
        """
        values = json.dumps([json.dumps(value, ensure_ascii=False) for value in holding])
        changed = 0
        with self._database.writing() as db:
            rows = db.execute(_SELECT + _CONTAINING, {"owner": owner, "values": values}).fetchall()
            for note in map(_note, rows):
                new = change(note.record or {})
                if new != note.record:
                    text = json.dumps(new, ensure_ascii=False)
                    db.execute("UPDATE notes SET record = ? WHERE id = ?", (text, note.id))
                    changed += 1
        if changed:
            self._database.purge()
        return changed


def _find(db: Connection, id_: str, owner: str) -> Note | None:
    row = db.execute(_SELECT + "AND id = :id", {"owner": owner, "id": id_}).fetchone()
    return _note(row) if row else None


def _note(row: tuple[str, str, str, str, str, int, str, str]) -> Note:
    id_, owner, title, text, record, version, created_at, updated_at = row
    return Note(
        id=id_,
        owner=owner,
        title=title,
        text=text,
        record=json.loads(record),
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
