"""Databases that cannot be used are refused with what to do; one that can be is brought to this version."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
from alembic.script import ScriptDirectory

from rag.errors import LibraryError
from rag.stores.postgres import migrating
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.migrating import HEAD, MIGRATIONS, prepare
from tests.support.servers.postgres_server import GUARDED, PASSWORD, PostgresServer


def refusal(address: str, embedder: str = "words") -> str:
    with closing(Connections(address)) as connections, pytest.raises(LibraryError) as caught:
        prepare(connections, embedder)
    return str(caught.value)


def test_the_newest_migration_is_the_one_that_is_asked_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS.parent), version_locations=[str(MIGRATIONS)]).get_heads() == [HEAD]


@pytest.mark.postgres
def test_a_database_is_prepared_once_by_programs_that_start_together(postgres: PostgresServer, name: str) -> None:
    def start(_: int) -> None:
        with closing(Connections(postgres.address_of(name))) as connections:
            prepare(connections, "words")

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(start, range(3)))
    assert postgres.run("SELECT version_num FROM citewell_schema", name) == [(HEAD,)]
    assert postgres.run("SELECT count(*) FROM meta WHERE key = 'identity'", name) == [(1,)]
    assert "built with the embedder" in refusal(postgres.address_of(name), "another")
    postgres.run("UPDATE citewell_schema SET version_num = '9999'", name)
    assert "newer Citewell (version 9999" in refusal(postgres.address_of(name))


@pytest.mark.postgres
def test_a_database_in_another_encoding_is_refused(postgres: PostgresServer) -> None:
    with postgres.database(options="ENCODING 'LATIN1' LOCALE 'C'") as name:
        text = refusal(postgres.address_of(name))
        assert "encoding LATIN1" in text
        assert "createdb --encoding=UTF8" in text
        assert postgres.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == [(0,)]


@pytest.mark.postgres
def test_a_user_who_may_not_make_pgvector_ready_is_told_the_command(postgres: PostgresServer, name: str) -> None:
    address = postgres.address_of(name, f"{GUARDED}:{quote(PASSWORD, safe='')}")
    assert "run there: CREATE EXTENSION vector;" in refusal(address)
    postgres.run("CREATE EXTENSION vector", name)
    postgres.run("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'", name)
    assert "ALTER EXTENSION vector UPDATE" in refusal(address)


@pytest.mark.postgres
def test_a_user_who_may_not_make_tables_is_told_so(postgres: PostgresServer, name: str) -> None:
    postgres.run("CREATE EXTENSION vector", name)
    text = refusal(postgres.address_of(name, f"{GUARDED}:{quote(PASSWORD, safe='')}"))
    assert "may not: permission denied for schema public. Nothing was changed." in text
    assert "CREATE on the schema" in text
    assert PASSWORD not in text


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("offered", "sentence"),
    [
        (None, r"lacks pgvector 0\.8 or newer.*apt-get install postgresql-\d+-pgvector"),
        ("0.7.4", r"has pgvector 0\.7\.4, and 0\.8 is needed.*then run 'CREATE EXTENSION vector'"),
    ],
)
def test_a_server_without_pgvector_or_with_an_old_one_is_refused(
    postgres: PostgresServer, name: str, offered: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packages of a server cannot be exchanged here: only its answer to what it offers is."""
    value = migrating._value

    def answer(db: Any, query: str, *parameters: str) -> object:
        return offered if "pg_available_extensions" in query else value(db, query, *parameters)

    monkeypatch.setattr(migrating, "_value", answer)
    with closing(Connections(postgres.address_of(name))) as connections:  # noqa: SIM117
        with pytest.raises(LibraryError, match=sentence):
            prepare(connections, "words")
