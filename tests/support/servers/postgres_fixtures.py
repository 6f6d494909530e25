"""Fixtures of a real PostgreSQL, one for all tests of a run; without one here the tests that need it are skipped."""

from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import prepare
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import SharedDatabase, SharedPart
from tests.support.coroutines import refused_on_event_loops
from tests.support.servers.postgres_server import PostgresServer, postgres_server, programs

_CLEAR = """
    SET session_replication_role = replica;  -- without looking for what refers to a row: all of them go
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'citewell_schema' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', name);
        END LOOP;
    END $$;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT indexname FROM pg_indexes WHERE indexname LIKE 'vectors_nearest%' LOOP
            EXECUTE format('DROP INDEX %I', name);
        END LOOP;
    END $$;
"""


@pytest.fixture(autouse=True, scope="session")
def no_postgres_on_event_loops() -> Iterator[None]:
    """Have a handler fail that calls PostgreSQL where it keeps everybody waiting."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("reading", "writing"):
            patch.setattr(PostgresDatabase, name, refused_on_event_loops(getattr(PostgresDatabase, name)))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Yield a running server; a test that ends it starts it again."""
    if programs() is None:
        pytest.skip("there is no PostgreSQL with pgvector here")
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_database(postgres: PostgresServer) -> Iterator[str]:
    """Yield the address of a database with the tables of a library."""
    with postgres.database() as name:
        connections = Connections(postgres.address_of(name))
        prepare(connections, "words")
        connections.close()
        yield postgres.address_of(name)


@pytest.fixture
def postgres_address(migrated_database: str) -> str:
    """Return the address of a database whose library is empty."""
    with psycopg.connect(migrated_database, autocommit=True) as db:
        db.execute(_CLEAR.encode())
    return migrated_database


@pytest.fixture
def postgres_stores(postgres_address: str) -> Iterator[PostgresStores]:
    """Yield the stores of a library in a database."""
    with closing(PostgresStores(postgres_address, "words")) as stores:
        yield stores


@pytest.fixture(params=["files", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest) -> Callable[[SharedPart], SharedDatabase | None]:
    """Return the function that gives the parts that servers share: of a database, or None for files."""
    if request.param == "files":
        return lambda _part: None
    stores: PostgresStores = request.getfixturevalue("postgres_stores")
    return stores.shared
