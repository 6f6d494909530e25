"""Alembic runs the migrations over a connection that it is handed."""

import pytest

from tests.support.servers.postgres_server import PostgresServer


@pytest.mark.postgres
def test_the_version_is_in_a_table_of_its_own(postgres: PostgresServer, migrated_database: str) -> None:
    database = migrated_database.rpartition("/")[2]
    assert postgres.run("SELECT to_regclass('citewell_schema') IS NOT NULL", database) == [(True,)]
    assert postgres.run("SELECT to_regclass('alembic_version')", database) == [(None,)]
