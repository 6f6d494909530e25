"""Bring the tables of a PostgreSQL database to this program's version, and check what they need there.

Alembic keeps the versions: it runs each step in a transaction, over a connection that is ours.
"""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.rows import TupleRow

from rag.errors import LibraryError
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.postgres_failures import explained
from rag.stores.schema import UNFINISHED, another_embedder, unfinished_copy

HEAD = "0006"
"""The newest version of the tables that this program knows; a test compares it with the migrations."""

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = "citewell_schema"
_NEEDED = (0, 8)
"""The first pgvector that searches on along its index until enough is found (iterative scan)."""

_LOCK = b"SELECT pg_advisory_lock(7169)"


def prepare(connections: Connections, embedder: str, *, for_copy: bool = False) -> None:
    """Make or migrate the tables; one program at a time does that.

    Raises:
        LibraryError: the database is in another encoding than UTF-8, lacks pgvector, is newer than this program, was
            built with another embedder, or is a copy that was not finished; that one is opened `for_copy`.
    """
    with connections.borrow() as db:
        require_utf8(db, connections.label)
        try:
            if not _is_ready(db):
                _upgrade_in_turn(connections, embedder)
            stored, marker = _meta(db, "embedder"), _meta(db, UNFINISHED)
        except psycopg.Error as error:
            raise explained(error) from error
    if stored != embedder:
        raise LibraryError(another_embedder(stored, embedder))
    if marker and not for_copy:
        raise LibraryError(unfinished_copy(marker))


def require_utf8(db: psycopg.Connection[TupleRow], label: str) -> None:
    """Raise a `LibraryError` if the database is in another encoding."""
    encoding = db.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LibraryError(
            f"The database {label} is in the encoding {encoding}, which cannot hold every text. Make one in UTF-8: "
            "'createdb --encoding=UTF8 --template=template0 NAME', and name it in the setting 'database'."
        )


def _is_ready(db: psycopg.Connection[TupleRow]) -> bool:
    """Return whether tables and pgvector are there and of this version, so that nothing need be written."""
    return stored_version(db) == HEAD and _vector_version(db) >= _NEEDED and bool(_meta(db, "embedder"))


def stored_version(db: psycopg.Connection[TupleRow]) -> str:
    """Return the version of the tables; "" if there are none."""
    if _value(db, "SELECT to_regclass(%s)", _VERSIONS) is None:
        return ""
    return str(_value(db, "SELECT max(version_num) FROM citewell_schema") or "")


def _meta(db: psycopg.Connection[TupleRow], key: str) -> str:
    return str(_value(db, "SELECT value FROM meta WHERE key = %s", key) or "")


def _upgrade_in_turn(connections: Connections, embedder: str) -> None:
    """Make or migrate the tables over a connection without a limit of time, whose end lets go of the lock."""
    with closing(connections.connect_plainly()) as db:
        db.autocommit = True
        db.execute(_LOCK)
        _upgrade(db, connections, embedder)


def _upgrade(db: psycopg.Connection[TupleRow], connections: Connections, embedder: str) -> None:
    if (version := stored_version(db)) > HEAD:
        raise LibraryError(
            f"The tables of this library were written by a newer Citewell (version {version}, this one knows {HEAD}). "
            "Upgrade Citewell, or name another database."
        )
    _require_pgvector(db)
    if version != HEAD:
        _run_migrations(connections)
    facts = {"identity": uuid4().hex, "generation": "0", "changes": "0", "embedder": embedder}
    for key, value in facts.items():
        db.execute("INSERT INTO meta VALUES (%s, %s) ON CONFLICT (key) DO NOTHING", (key, value))


def _require_pgvector(db: psycopg.Connection[TupleRow]) -> None:
    """Make sure that the extension is in the database, and new enough; make it, where we may."""
    offered = _value(db, "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    major = db.info.server_version // 10_000
    needed = ".".join(map(str, _NEEDED))
    package = f"'apt-get install postgresql-{major}-pgvector', or as https://github.com/pgvector/pgvector says"
    if offered is None:
        raise LibraryError(f"The database's server lacks pgvector {needed} or newer. Install it there: {package}.")
    command = "CREATE EXTENSION vector" if not _vector_version(db) else "ALTER EXTENSION vector UPDATE"
    if _vector_version(db) < _NEEDED:
        if _parsed(str(offered)) < _NEEDED:
            raise LibraryError(
                f"The database's server has pgvector {offered}, and {needed} is needed. Upgrade it there: {package}; "
                f"then run '{command}' in the database."
            )
        try:
            db.execute(command.encode())
        except psycopg.errors.InsufficientPrivilege:
            raise LibraryError(
                f"pgvector is to be made ready in the database, and its user may not. Have an administrator run there: "
                f"{command};"
            ) from None


def _vector_version(db: psycopg.Connection[TupleRow]) -> tuple[int, ...]:
    return _parsed(str(_value(db, "SELECT extversion FROM pg_extension WHERE extname = 'vector'") or ""))


def _parsed(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _value(db: psycopg.Connection[TupleRow], query: str, *parameters: str) -> object:
    row = db.execute(query.encode(), parameters).fetchone()
    return row[0] if row else None


def _one_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0].strip()


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _run_migrations(connections: Connections) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine("postgresql+psycopg://", creator=connections.connect_plainly, poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", _escaped(MIGRATIONS.parent))
    config.set_main_option("version_locations", _escaped(MIGRATIONS))
    config.set_main_option("path_separator", "newline")  # or a space in the path would divide it
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise LibraryError(
                "The tables of the library are to be made or changed, and the database's user may not: "
                f"{_one_line(error.orig)}. Nothing was changed. Have the user own the database and the tables, or have "
                "an administrator grant it CREATE on the schema."
            ) from error
        if isinstance(error.orig, psycopg.Error):
            raise explained(error.orig) from error
        raise
