"""The queue of jobs in PostgreSQL: each method is one statement, so nothing is left half done."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from rag.interfaces.job_storage import Hold
from rag.stores.postgres import job_statements as statements
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.dialect import clean
from rag.stores.postgres.postgres_failures import explained, is_cut
from rag.types.jobs import Job, JobProgress, JobState

_NAMES = statements.COLUMNS.split(", ")


class PostgresJobs:
    """The `Jobs` of a database. Workers skip what others have just taken (`FOR UPDATE SKIP LOCKED`)."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def accept(self, job: Job) -> Job:
        """Store a job, and return it with its id."""
        source = hashlib.sha256(f"{job.name}\0{job.address}".encode()).hexdigest()
        (stored,) = self._jobs(statements.ACCEPT, **asdict(job), source=source)
        return stored

    def claim(self, worker: str, seconds: float, *, pages: bool) -> Job | None:
        """Give a worker the next file or the next page to take in, for so many seconds; None if there is none."""
        return next(iter(self._jobs(statements.CLAIM, worker=worker, seconds=seconds, pages=pages)), None)

    def claim_locked(self, worker: str, id_: int, seconds: float) -> Job | None:
        """Give a worker a locked job whose password it was told; None if it is not locked any more."""
        return next(iter(self._jobs(statements.CLAIM_LOCKED, worker=worker, id=id_, seconds=seconds)), None)

    def renew(self, worker: str, id_: int, seconds: float, progress: JobProgress) -> Hold:
        """Hold a job for so many seconds from now, and store how far it is."""
        rows = self._rows(statements.RENEW, worker=worker, id=id_, seconds=seconds, **asdict(progress))
        if not rows:
            return "lost"
        return "cancelled" if rows[0][0] else "held"

    def expire(self, most: int, reason: str, locked: str) -> list[Job]:
        """Have jobs wait whose workers no longer renew them, and return them as they are now."""
        return self._jobs(statements.EXPIRE, most=most, reason=reason, locked=locked)

    def note_stored(self, worker: str, id_: int, document_id: int | None, text: str) -> bool:
        """Note that the document is stored, and what to say of it; False if the worker has the job no more."""
        return self._is_changed(statements.NOTE_STORED, worker=worker, id=id_, document_id=document_id, text=text)

    def end(self, worker: str, id_: int, state: JobState, text: str = "", *, keeps_file: bool = False) -> bool:
        """End a worker's job; False if the worker has it no more."""
        values = {"state": state, "text": text, "keeps_file": keeps_file}
        return self._is_changed(statements.END, worker=worker, id=id_, **values)

    def put_off(self, worker: str, id_: int, seconds: float, text: str) -> bool:
        """Have a job wait for a while after a failure that may pass; False if the worker has it no more."""
        return self._is_changed(statements.PUT_OFF, worker=worker, id=id_, seconds=seconds, text=text)

    def give_back(self, worker: str, id_: int, locked: str) -> bool:
        """Have a job wait as if it had not been begun; False if the worker has it no more."""
        return self._is_changed(statements.GIVE_BACK, worker=worker, id=id_, locked=locked)

    def cancel(self, sender: str, id_: int | None, text: str) -> list[Job]:
        """Cancel a sender's job, or all of theirs that have not ended; return those that end at once, with `text`."""
        return self._jobs(statements.CANCEL, sender=sender, id=id_, text=text)

    def of(self, sender: str) -> list[Job]:
        """Return what a user has sent, in the order it came."""
        return self._jobs(statements.OF, sender=sender)

    def coming_to(self, owner: str) -> list[Job]:
        """Return what may yet be an owner's document."""
        return self._jobs(statements.COMING_TO, owner=owner)

    def all(self, states: Sequence[JobState]) -> list[Job]:
        """Return everybody's jobs in these states, in the order they came."""
        return self._jobs(statements.ALL, states=list(states))

    def drop_ended(self, sender: str, most: int = 0) -> list[Job]:
        """Delete a user's ended jobs but the newest `most`, ready ones first, and return them."""
        return self._jobs(statements.DROP_ENDED, sender=sender, most=most)

    def drop_old(self, seconds: float) -> int:
        """Delete jobs that were ready so long ago; return how many."""
        return len(self._rows(statements.DROP_OLD, seconds=seconds))

    def forget_all_of(self, owner: str) -> tuple[list[Job], int]:
        """Delete and return ended jobs of or from a user; return also how many are still to be taken in."""
        forgotten = self._jobs(statements.FORGET, owner=owner)
        ((waiting,),) = self._rows(statements.COUNT, owner=owner)
        return forgotten, int(waiting)

    def retry(self, id_: int) -> bool:
        """Have a failed job wait again whose file was kept; False if there is none."""
        return self._is_changed(statements.RETRY, id=id_)

    def places(self) -> set[str]:
        """Return the folders of all jobs' files."""
        return {str(place) for (place,) in self._rows(statements.PLACES)}

    def _is_changed(self, statement: str, **values: Any) -> bool:
        return bool(self._rows(statement, **values))

    def _jobs(self, statement: str, **values: Any) -> list[Job]:
        return [Job(**dict(zip(_NAMES, row, strict=True))) for row in self._rows(statement, **values)]

    def _rows(self, statement: str, **values: Any) -> list[TupleRow]:
        with self._connections.borrow() as connection:
            try:
                cleaned = {name: clean(value) for name, value in values.items()}
                return connection.execute(statement.encode(), cleaned).fetchall()
            except psycopg.Error as error:
                if is_cut(error):
                    connection.close()
                raise explained(error) from error
