"""The queue of jobs in PostgreSQL: each method is one statement, so nothing is left half done.

Times are the server's, so that the clocks of machines may differ.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

import psycopg
from psycopg.rows import TupleRow

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.dialect import clean
from rag.stores.postgres.postgres_failures import explained_on
from rag.types.jobs import Job, JobProgress, JobState

_COLUMNS = (
    "id, owner, sender, name, address, collection, sha256, priority, place, state, stage, done, total, share, text, "
    "document_id, tries, worker, accepted_at"
)

_SAID = "CASE WHEN document_id IS NULL THEN '' ELSE text END"
"""What is stored already only waits for its file to be moved: what to say of it is known."""

_OFF = "worker = '', held_until = NULL, is_unlocking = FALSE, stage = '', done = 0, total = 0, share = NULL"
_HELD = "WHERE id = %(id)s AND worker = %(worker)s AND state = 'working'"
_HOLD = "held_until = clock_timestamp() + make_interval(secs => %(seconds)s)"

# A sender's next turn comes after their others, and is not before the one that is being served: who comes late does
# not get all the turns that they have missed. What was put off keeps its own, which says nothing of the others'.
_ACCEPT = f"""
    INSERT INTO jobs (owner, sender, name, address, collection, sha256, priority, place, state, text, source, turn,
                      ended_at)
    SELECT %(owner)s, %(sender)s, %(name)s, %(address)s, %(collection)s, %(sha256)s, %(priority)s, %(place)s,
           %(state)s, %(text)s, %(source)s,
           greatest(
               (SELECT max(turn) + 1 FROM jobs
                WHERE state = 'waiting' AND sender = %(sender)s AND priority = %(priority)s),
               (SELECT turn FROM jobs WHERE state = 'waiting' AND priority = %(priority)s AND tries = 0
                ORDER BY priority, turn, id LIMIT 1),
               0
           ),
           CASE WHEN %(state)s = 'failed' THEN clock_timestamp() END
    RETURNING {_COLUMNS}
"""  # noqa: S608  our own names

_CLAIM = f"""
    WITH next AS (
        SELECT id FROM jobs AS job
        WHERE state = 'waiting' AND due_at <= clock_timestamp() AND (address <> '') = %(pages)s
            AND NOT EXISTS (
                SELECT 1 FROM jobs AS other
                WHERE other.owner = job.owner AND other.id <> job.id
                    AND (other.source = job.source OR other.sha256 = job.sha256 AND job.sha256 <> '')
                    AND (other.state = 'working' OR other.state = 'waiting' AND other.id < job.id)
            )
        ORDER BY priority, turn, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs SET state = 'working', text = {_SAID}, tries = tries + 1, worker = %(worker)s, {_HOLD}
    WHERE id IN (SELECT id FROM next) AND state = 'waiting'
    RETURNING {_COLUMNS}
"""  # noqa: S608

_CLAIM_LOCKED = f"""
    UPDATE jobs
    SET state = 'working', text = '', ended_at = NULL, is_unlocking = TRUE, worker = %(worker)s, {_HOLD}
    WHERE id = %(id)s AND state = 'locked'
    RETURNING {_COLUMNS}
"""  # noqa: S608

_RENEW = f"""
    UPDATE jobs SET {_HOLD}, stage = %(stage)s, done = %(done)s, total = %(total)s, share = %(share)s
    {_HELD}
    RETURNING is_cancelled
"""  # noqa: S608

_EXPIRE = f"""
    UPDATE jobs
    SET state = CASE
            WHEN is_unlocking THEN 'locked'
            WHEN lost + 1 >= %(most)s AND document_id IS NULL THEN 'failed'
            ELSE 'waiting'
        END,
        text = CASE
            WHEN is_unlocking THEN %(locked)s
            WHEN lost + 1 >= %(most)s AND document_id IS NULL THEN %(reason)s
            ELSE text
        END,
        lost = lost + 1,
        ended_at = clock_timestamp(),
        {_OFF}
    WHERE state = 'working' AND held_until < clock_timestamp()
    RETURNING {_COLUMNS}
"""  # noqa: S608

_NOTE_STORED = f"UPDATE jobs SET document_id = %(document_id)s, text = %(text)s {_HELD} RETURNING id"  # noqa: S608

_END = f"""
    UPDATE jobs
    SET state = %(state)s, text = %(text)s, ended_at = clock_timestamp(),
        place = CASE WHEN %(keeps_file)s THEN place ELSE '' END, {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

_PUT_OFF = f"""
    UPDATE jobs
    SET state = 'waiting', text = CASE WHEN document_id IS NULL THEN %(text)s ELSE text END,
        due_at = clock_timestamp() + make_interval(secs => %(seconds)s), {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

_GIVE_BACK = f"""
    UPDATE jobs
    SET state = CASE WHEN is_unlocking THEN 'locked' ELSE 'waiting' END,
        text = CASE WHEN is_unlocking THEN %(locked)s ELSE text END,
        tries = CASE WHEN is_unlocking THEN tries ELSE tries - 1 END, {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

_CANCEL = f"""
    WITH chosen AS (
        SELECT id, state AS was FROM jobs
        WHERE sender = %(sender)s AND state IN ('waiting', 'working') AND document_id IS NULL
            AND (CAST(%(id)s AS BIGINT) IS NULL OR id = %(id)s)
        ORDER BY id FOR UPDATE
    ), cancelled AS (
        UPDATE jobs
        SET is_cancelled = TRUE,
            state = CASE WHEN was = 'waiting' THEN 'failed' ELSE state END,
            text = CASE WHEN was = 'waiting' THEN %(text)s ELSE text END,
            ended_at = CASE WHEN was = 'waiting' THEN clock_timestamp() END
        FROM chosen WHERE jobs.id = chosen.id
        RETURNING jobs.*
    )
    SELECT {_COLUMNS} FROM cancelled WHERE state = 'failed'
"""  # noqa: S608

_OF = f"SELECT {_COLUMNS} FROM jobs WHERE sender = %(sender)s ORDER BY id"  # noqa: S608

_COMING_TO = f"""
    SELECT {_COLUMNS} FROM jobs WHERE owner = %(owner)s AND state IN ('waiting', 'working', 'locked') ORDER BY id
"""  # noqa: S608

_ALL = f"SELECT {_COLUMNS} FROM jobs WHERE state = ANY(%(states)s) ORDER BY id"  # noqa: S608

_DROP_ENDED = f"""
    WITH dropped AS (
        SELECT id FROM jobs WHERE sender = %(sender)s AND state IN ('ready', 'failed', 'locked')
        ORDER BY state = 'ready', id DESC OFFSET %(most)s
    )
    DELETE FROM jobs WHERE id IN (SELECT id FROM dropped) AND state IN ('ready', 'failed', 'locked')
    RETURNING {_COLUMNS}
"""  # noqa: S608

_DROP_OLD = """
    DELETE FROM jobs WHERE state = 'ready' AND ended_at < clock_timestamp() - make_interval(secs => %(seconds)s)
    RETURNING id
"""

_FORGET = f"""
    DELETE FROM jobs WHERE (owner = %(owner)s OR sender = %(owner)s) AND state IN ('ready', 'failed', 'locked')
    RETURNING {_COLUMNS}
"""  # noqa: S608

_COUNT = "SELECT count(*) FROM jobs WHERE owner = %(owner)s OR sender = %(owner)s"

_RETRY = """
    UPDATE jobs
    SET state = 'waiting', text = '', tries = 0, lost = 0, ended_at = NULL, is_cancelled = FALSE,
        due_at = clock_timestamp()
    WHERE id = %(id)s AND state = 'failed' AND NOT is_cancelled AND (place <> '' OR address <> '')
    RETURNING id
"""

_PLACES = "SELECT place FROM jobs WHERE place <> ''"


Hold = Literal["held", "cancelled", "lost"]
"""A worker's hold on a job: it has it; it has it, and nobody wants it any more; it has it no more."""


class PostgresJobs:
    """The jobs. A worker holds one for a few seconds at a time, and renews that while it is at it.

    Workers skip what others have just taken (`FOR UPDATE SKIP LOCKED`). All methods raise a `LibraryError` if the
    database cannot be reached.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def accept(self, job: Job) -> Job:
        """Store a job, and return it with its id."""
        source = hashlib.sha256(f"{job.name}\0{job.address}".encode()).hexdigest()
        (stored,) = self._jobs(_ACCEPT, **asdict(job), source=source)
        return stored

    def claim(self, worker: str, seconds: float, *, pages: bool) -> Job | None:
        """Give a worker the next file or the next page to ingest, for so many seconds; None if there is none.

        Lower priorities come first, then users take turns. What has the name, address or content of an earlier one of
        its owner waits for that.
        """
        return next(iter(self._jobs(_CLAIM, worker=worker, seconds=seconds, pages=pages)), None)

    def claim_locked(self, worker: str, id_: int, seconds: float) -> Job | None:
        """Give a worker a locked job whose password it was told; None if it is not locked any more."""
        return next(iter(self._jobs(_CLAIM_LOCKED, worker=worker, id=id_, seconds=seconds)), None)

    def renew(self, worker: str, id_: int, seconds: float, progress: JobProgress) -> Hold:
        """Hold a job for so many seconds from now, and store how far it is."""
        rows = self._rows(_RENEW, worker=worker, id=id_, seconds=seconds, **asdict(progress))
        if not rows:
            return "lost"
        return "cancelled" if rows[0][0] else "held"

    def expire(self, most: int, reason: str, locked: str) -> list[Job]:
        """Have jobs wait whose workers no longer renew them, and return them as they are now.

        One that ended `most` workers fails for this `reason`; one whose password went with its worker is locked again.
        """
        return self._jobs(_EXPIRE, most=most, reason=reason, locked=locked)

    def note_stored(self, worker: str, id_: int, document_id: int | None, text: str) -> bool:
        """Note that the document is stored, and what to say of it; False if the worker has the job no more."""
        return self._is_changed(_NOTE_STORED, worker=worker, id=id_, document_id=document_id, text=text)

    def end(self, worker: str, id_: int, state: JobState, text: str = "", *, keeps_file: bool = False) -> bool:
        """End a worker's job; False if the worker has it no more."""
        values = {"state": state, "text": text, "keeps_file": keeps_file}
        return self._is_changed(_END, worker=worker, id=id_, **values)

    def put_off(self, worker: str, id_: int, seconds: float, text: str) -> bool:
        """Have a job wait for a while after a failure that may pass; False if the worker has it no more."""
        return self._is_changed(_PUT_OFF, worker=worker, id=id_, seconds=seconds, text=text)

    def give_back(self, worker: str, id_: int, locked: str) -> bool:
        """Have a job wait as if it had not been begun, or be locked again, with this text; False as above."""
        return self._is_changed(_GIVE_BACK, worker=worker, id=id_, locked=locked)

    def cancel(self, sender: str, id_: int | None, text: str) -> list[Job]:
        """Cancel a sender's job, or all of theirs that have not ended; return those that end at once, with `text`."""
        return self._jobs(_CANCEL, sender=sender, id=id_, text=text)

    def of(self, sender: str) -> list[Job]:
        """Return what a user has sent, in the order it came."""
        return self._jobs(_OF, sender=sender)

    def coming_to(self, owner: str) -> list[Job]:
        """Return what may yet be an owner's document."""
        return self._jobs(_COMING_TO, owner=owner)

    def all(self, states: Sequence[JobState]) -> list[Job]:
        """Return everybody's jobs in these states, in the order they came."""
        return self._jobs(_ALL, states=list(states))

    def drop_ended(self, sender: str, most: int = 0) -> list[Job]:
        """Delete a user's ended jobs but the newest `most`, ready ones first, and return them."""
        return self._jobs(_DROP_ENDED, sender=sender, most=most)

    def drop_old(self, seconds: float) -> int:
        """Delete jobs that were ready so long ago; return how many."""
        return len(self._rows(_DROP_OLD, seconds=seconds))

    def forget_all_of(self, owner: str) -> tuple[list[Job], int]:
        """Delete and return ended jobs of or from a user; return also how many are still to be ingested."""
        forgotten = self._jobs(_FORGET, owner=owner)
        ((waiting,),) = self._rows(_COUNT, owner=owner)
        return forgotten, int(waiting)

    def retry(self, id_: int) -> bool:
        """Have a failed job wait again whose file was kept; False if there is none."""
        return self._is_changed(_RETRY, id=id_)

    def places(self) -> set[str]:
        """Return the folders of all jobs' files."""
        return {str(place) for (place,) in self._rows(_PLACES)}

    def _is_changed(self, statement: str, **values: Any) -> bool:
        return bool(self._rows(statement, **values))

    def _jobs(self, statement: str, **values: Any) -> list[Job]:
        return [Job(**dict(zip(_COLUMNS.split(", "), row, strict=True))) for row in self._rows(statement, **values)]

    def _rows(self, statement: str, **values: Any) -> list[TupleRow]:
        with self._connections.borrow() as connection:
            try:
                cleaned = {name: clean(value) for name, value in values.items()}
                return connection.execute(statement.encode(), cleaned).fetchall()
            except psycopg.Error as error:
                raise explained_on(connection, error) from error
