"""Failures of PostgreSQL as sentences that say what to do. Of an address they tell host and database, nothing else."""

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from rag.errors import LibraryError
from rag.stores.postgres.patient_connection import SilentServerError
from rag.stores.sql_statements import ELSEWHERE

CUT = (
    "The connection to the database was cut while it was being written. Nothing of this was changed; Citewell connects "
    "again by itself: run the same again."
)
SLOW = (
    "The database did not answer in time, so this was given up. Try again in a moment; if it stays so, see what its "
    "server is busy with."
)
UNKNOWN = (
    "The connection to the database was cut just as a change was being kept, so it may be there or not. Run the same "
    "again: a document that is there already is not stored twice."
)
_WHERE_TO_GIVE_IT = "Put it into PGPASSWORD, into ~/.pgpass, or into the address: CITEWELL_DATABASE=postgresql://USER:PASSWORD@HOST/NAME."


def not_connected(error: psycopg.OperationalError, label: str) -> LibraryError:
    """Return why the database of this label cannot be reached."""
    said = " ".join(str(error).split())
    if error.pgconn is not None and error.pgconn.needs_password:
        return LibraryError(f"The database {label} asks for a password, and none is given. {_WHERE_TO_GIVE_IT}")
    if "password authentication failed" in said:
        return LibraryError(f"The database {label} refuses the password. {_WHERE_TO_GIVE_IT}")
    if "does not exist" in said and "database" in said:
        name = label.rpartition("/")[2]
        return LibraryError(
            f"The server has no database of the name in {label}. Make it: 'createdb --encoding=UTF8 "
            f"--template=template0 {name}'."
        )
    if "too many clients" in said or "remaining connection slots" in said:
        return LibraryError(
            f"The server of {label} has no connection free. Raise max_connections, or run fewer programs on it."
        )
    why = said.partition(" Is the server")[0]
    return LibraryError(
        f"The database {label} cannot be reached: {why}. Start it, or correct the setting 'database'; Citewell goes on "
        "by itself once it answers."
    )


def explained(error: psycopg.Error, *, reading: bool = False) -> LibraryError:
    """Return what a failed statement means."""
    if isinstance(error, errors.LockNotAvailable):
        return LibraryError(ELSEWHERE)
    if isinstance(error, errors.DiskFull | errors.OutOfMemory):
        return LibraryError(
            "The library cannot be written: the database's server has no room left. Nothing was lost; make room and "
            "run the same again."
        )
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return LibraryError(
            "The library cannot be written: this server of the database only reads. Name the primary in the setting "
            "'database', or several hosts with ?target_session_attrs=read-write."
        )
    if isinstance(error, errors.QueryCanceled) or (reading and isinstance(error, SilentServerError)):
        return LibraryError(SLOW)
    if is_cut(error):
        return LibraryError("The connection to the database was cut. Try again in a moment." if reading else CUT)
    said = " ".join(str(error).split())
    if reading:
        return LibraryError(f"The library cannot be read: {said}.")
    return LibraryError(f"The library cannot be written: {said}. Nothing of this document was changed.")


def explained_on(
    connection: psycopg.Connection[TupleRow], error: psycopg.Error, *, reading: bool = False
) -> LibraryError:
    """Return what a failed statement means, and close its connection if that is gone."""
    if is_cut(error):
        connection.close()
    return explained(error, reading=reading)


def is_cut(error: psycopg.Error) -> bool:
    """Return whether the connection is gone, rather than one statement wrong."""
    if isinstance(error, errors.AdminShutdown | errors.CrashShutdown | errors.CannotConnectNow):
        return True
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and error.sqlstate is None
