"""Connections to an empty library, and a database without tables."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from rag.stores.postgres.connections import Connections
from tests.support.servers.postgres_server import PostgresServer


@pytest.fixture
def connections(postgres_address: str) -> Iterator[Connections]:
    with closing(Connections(postgres_address)) as connections:
        yield connections


@pytest.fixture
def name(postgres: PostgresServer) -> Iterator[str]:
    """Yield the name of a database without tables."""
    with postgres.database() as name:
        yield name
