"""Conversations in the library's database: questions, answers, whose they are, and how they were rated.

They do not depend on the documents: each answer is stored whole. When a document is removed, `rewrite` removes what
the answers contain of it.
"""

import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any

from rag.errors import LibraryError
from rag.stores.sql_statements import LISTED, Connection, StoredDatabase, json_ids
from rag.text.characters import shortened
from rag.types import Conversation, Exchange, Thumb

_NAME_CHARACTERS = 80

# `folded` and `said` are functions that each database has: a text in one case; question and answer of a record, folded.
_SELECT = """
    SELECT c.id, c.owner, c.name, c.settings, c.created_at, c.updated_at,
           (SELECT count(*) FROM exchanges e WHERE e.conversation_id = c.id), q.question, q.held_until
    FROM conversations c LEFT JOIN open_questions q ON q.conversation_id = c.id
    WHERE (CAST(:owner AS TEXT) IS NULL OR c.owner = :owner)
"""
_WITH_TEXT = """
    AND (:text = '' OR instr(folded(c.name || ' ' || coalesce(q.question, '')), folded(:text)) > 0 OR EXISTS (
        SELECT 1 FROM exchanges e WHERE e.conversation_id = c.id AND instr(said(e.record), folded(:text)) > 0))
"""
_CONTAINING = """
    SELECT DISTINCT e.conversation_id FROM exchanges e JOIN conversations c ON c.id = e.conversation_id
    WHERE c.owner = :owner AND EXISTS (SELECT 1 FROM json_each(:values) v WHERE instr(e.record, v.value) > 0)
"""
_NAME = """
    UPDATE conversations SET updated_at = :now, name = CASE WHEN name = '' THEN :name ELSE name END WHERE id = :id
"""
_OPEN = """
    INSERT INTO open_questions VALUES (:id, :key, :question, :until)
    ON CONFLICT (conversation_id) DO UPDATE
    SET key = excluded.key, question = excluded.question, held_until = excluded.held_until
"""
_ANSWERED = """
    DELETE FROM open_questions WHERE conversation_id = :id AND (CAST(:asked AS TEXT) IS NULL OR key = :asked)
"""
_FORGET = """
    DELETE FROM conversations WHERE created_at < ? AND id NOT IN (SELECT conversation_id FROM exchanges)
        AND id NOT IN (SELECT conversation_id FROM open_questions)
"""
_RECORDS = "SELECT number, record FROM exchanges WHERE conversation_id = ? ORDER BY number"


class SqlConversations:
    """Conversations by owner. An owner of None, the person at the shell, has access to everybody's.

    Safe to use from several threads, and from several processes at once.
    """

    def __init__(self, database: StoredDatabase) -> None:
        self._database = database

    def close(self) -> None:
        """Close the database; the conversations cannot be used afterwards."""
        self._database.close()

    def create(self, owner: str, name: str = "", settings: Mapping[str, Any] | None = None) -> Conversation:
        """Create an empty conversation. Without a name it is named after its first question."""
        id_, now = secrets.token_hex(8), _now()
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)",
                (id_, owner, _one_line(name), _json(settings or {}), now, now),
            )
        return Conversation(
            id=id_,
            owner=owner,
            name=_one_line(name),
            settings=dict(settings or {}),
            created_at=now,
            updated_at=now,
            exchanges=0,
        )

    def find(self, id_: str, owner: str | None) -> Conversation | None:
        """Return the conversation if it exists and is this owner's (anybody's for None), otherwise None."""
        with self._database.reading() as db:
            return self._find(db, id_, owner)

    def conversations(self, owner: str | None, text: str = "") -> list[Conversation]:
        """Return an owner's conversations, latest first; with `text`, those with it in name, question or answer."""
        with self._database.reading() as db:
            rows = db.execute(
                _SELECT + _WITH_TEXT + "ORDER BY c.updated_at DESC, c.created_at DESC, c.id",
                {"owner": owner, "text": text.strip()},
            ).fetchall()
            return self._conversations(rows)

    def rename(self, id_: str, owner: str | None, name: str) -> bool:
        """Rename a conversation; return False if there is no such one."""
        return self._change(id_, owner, "UPDATE conversations SET name = ? WHERE id = ?", _one_line(name), id_)

    def configure(self, id_: str, owner: str | None, settings: Mapping[str, Any]) -> bool:
        """Replace a conversation's settings; return False if there is no such one."""
        return self._change(id_, owner, "UPDATE conversations SET settings = ? WHERE id = ?", _json(settings), id_)

    def excluded(self, id_: str, owner: str | None) -> frozenset[int]:
        """Return the ids of the documents excluded from a conversation; none if it is not this owner's."""
        with self._database.reading() as db:
            if not self._find(db, id_, owner):
                return frozenset()
            rows = db.execute("SELECT document_id FROM exclusions WHERE conversation_id = ?", (id_,))
            return frozenset(row[0] for row in rows)

    def exclude(self, id_: str, owner: str | None, document_ids: AbstractSet[int]) -> bool:
        """Replace the documents excluded from a conversation; return False if there is no such one.

        Ids of removed documents drop out.
        """
        with self._database.writing() as db:
            if found := self._find(db, id_, owner):
                db.execute("DELETE FROM exclusions WHERE conversation_id = ?", (id_,))
                db.execute(
                    f"INSERT INTO exclusions SELECT ?, id FROM documents WHERE id IN {LISTED}",  # noqa: S608  our own
                    (id_, json_ids(document_ids)),
                )
        return found is not None

    def delete(self, id_: str, owner: str | None) -> bool:
        """Delete a conversation with its exchanges; return False if there is no such one."""
        is_found = self._change(id_, owner, "DELETE FROM conversations WHERE id = ?", id_)
        self._database.purge()
        return is_found

    def exchanges(self, id_: str, owner: str | None) -> list[Exchange]:
        """Return the questions with their answers, oldest first; none if the conversation is not this owner's."""
        with self._database.reading() as db:
            if not self._find(db, id_, owner):
                return []
            rows = db.execute(
                "SELECT number, asked_at, record, thumb, remark FROM exchanges WHERE conversation_id = ? "
                "ORDER BY number",
                (id_,),
            ).fetchall()
        return [
            Exchange(number, asked_at, json.loads(record), thumb, remark)
            for number, asked_at, record, thumb, remark in rows
        ]

    def add(
        self,
        id_: str,
        owner: str | None,
        record: Mapping[str, Any],
        after: int | None = None,
        *,
        asked: str | None = None,
    ) -> Exchange:
        """Append a question with its answer, first deleting the exchanges after number `after` if that is given.

        The open question of the key `asked` is one no more; without a key, whichever there is.

        Raises:
            LibraryError: the conversation no longer exists.
        """
        now = _now()
        with self._database.writing() as db:
            self._require(db, id_, owner)
            db.execute(_ANSWERED, {"id": id_, "asked": asked})
            if after is not None:
                db.execute("DELETE FROM exchanges WHERE conversation_id = ? AND number > ?", (id_, after))
            (number,) = db.execute(
                "INSERT INTO exchanges (conversation_id, number, asked_at, record) SELECT :id, "
                "1 + coalesce(max(number), 0), :now, :record FROM exchanges WHERE conversation_id = :id "
                "RETURNING number",
                {"id": id_, "now": now, "record": _json(record)},
            ).fetchone()
            db.execute(_NAME, {"id": id_, "now": now, "name": _one_line(str(record["question"]))})
        if after is not None:
            self._database.purge()
        return Exchange(number, now, dict(record))

    def open_question(self, id_: str, owner: str | None, question: str, seconds: float) -> str:
        """Store a question before it is answered, in place of an open one, and return its key.

        It counts as being answered for so many seconds, and has to be held on.

        Raises:
            LibraryError: the conversation no longer exists.
        """
        key = secrets.token_hex(8)
        with self._database.writing() as db:
            self._require(db, id_, owner)
            db.execute(_OPEN, {"id": id_, "key": key, "question": question, "until": self._after(seconds)})
            db.execute(_NAME, {"id": id_, "now": _now(), "name": _one_line(question)})
        return key

    def hold_question(self, key: str, seconds: float) -> None:
        """Have an open question count as being answered for so many seconds from now."""
        with self._database.writing() as db:
            db.execute("UPDATE open_questions SET held_until = ? WHERE key = ?", (self._after(seconds), key))

    def drop_question(self, key: str) -> None:
        """Forget an open question, whose asker was told why there is no answer."""
        with self._database.writing() as db:
            dropped = db.execute("DELETE FROM open_questions WHERE key = ?", (key,)).rowcount
        if dropped:
            self._database.purge()

    def rate(self, id_: str, owner: str | None, number: int, thumb: Thumb, remark: str = "") -> bool:
        """Store a user's rating of an answer; return False if there is no such answer."""
        with self._database.writing() as db:
            if not self._find(db, id_, owner):
                return False
            changed = db.execute(
                "UPDATE exchanges SET thumb = ?, remark = ? WHERE conversation_id = ? AND number = ?",
                (thumb, remark, id_, number),
            )
        return changed.rowcount > 0

    def forget_unanswered(self, before: datetime) -> None:
        """Delete everybody's conversations begun before that without an answer or an open question."""
        with self._database.writing() as db:
            db.execute(_FORGET, (_written(before),))

    def rewrite(
        self,
        owner: str,
        holding: Collection[str],
        change: Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]],
    ) -> int:
        """Change the records of an owner's conversations that contain one of these strings as a value; return how many.

        `change` takes the records of a whole conversation, the oldest first. All are changed or none, and no trace of
        the old ones is left. Records are searched in SQL before any is parsed: a library may have many.
        """
        values = json.dumps([json.dumps(value, ensure_ascii=False) for value in holding])
        changed = 0
        with self._database.writing() as db:
            for (id_,) in db.execute(_CONTAINING, {"owner": owner, "values": values}).fetchall():
                numbers, records = zip(*db.execute(_RECORDS, (id_,)), strict=True)
                before = [json.loads(record) for record in records]
                for number, old, new in zip(numbers, before, change(before), strict=True):
                    if new != old:
                        db.execute(
                            "UPDATE exchanges SET record = ? WHERE conversation_id = ? AND number = ?",
                            (_json(new), id_, number),
                        )
                        changed += 1
        if changed:
            self._database.purge()
        return changed

    def _change(self, id_: str, owner: str | None, statement: str, *parameters: str) -> bool:
        """Run a statement if the conversation is this owner's; return False if there is no such one."""
        with self._database.writing() as db:
            if found := self._find(db, id_, owner):
                db.execute(statement, parameters)
        return found is not None

    def _find(self, db: Connection, id_: str, owner: str | None) -> Conversation | None:
        rows = db.execute(_SELECT + "AND c.id = :id", {"id": id_, "owner": owner}).fetchall()
        return next(iter(self._conversations(rows)), None)

    def _require(self, db: Connection, id_: str, owner: str | None) -> None:
        if not self._find(db, id_, owner):
            raise LibraryError("This conversation is not there any more: it was deleted. Begin a new one.")

    def _conversations(self, rows: Sequence[Any]) -> list[Conversation]:
        now = _written(self._database.now()) if any(row[-1] for row in rows) else ""
        return [_conversation(row, now) for row in rows]

    def _after(self, seconds: float) -> str:
        return _written(self._database.now() + timedelta(seconds=seconds))


def _conversation(row: tuple[str, str, str, str, str, str, int, str | None, str | None], now: str) -> Conversation:
    id_, owner, name, settings, created_at, updated_at, exchanges, question, held_until = row
    return Conversation(
        id=id_,
        owner=owner,
        name=name,
        settings=json.loads(settings),
        created_at=created_at,
        updated_at=updated_at,
        exchanges=exchanges,
        unanswered=question or "",
        is_being_answered=bool(held_until and held_until > now),
    )


def _now() -> str:
    return _written(datetime.now(UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _one_line(name: str) -> str:
    return shortened(" ".join(name.split()), _NAME_CHARACTERS)
