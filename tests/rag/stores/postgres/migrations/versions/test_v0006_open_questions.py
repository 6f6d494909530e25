"""A library without open questions gets a table of them, and keeps its conversations."""

from contextlib import closing

import pytest

from rag.stores.postgres.postgres_stores import PostgresStores
from tests.rag.stores.postgres.migrations.versions.test_v0005_parts_of_vectors import downgrade
from tests.support.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


def test_conversations_of_before_may_have_an_open_question(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        address = postgres.address_of(name)
        with closing(PostgresStores(address, "words")) as stores:
            id_ = stores.conversations.create("ann", "Talk").id
            stores.conversations.add(id_, "ann", {"question": "Why?", "answer": "So."})
        downgrade(address, "0005")
        with closing(PostgresStores(address, "words")) as stores:
            (found,) = stores.conversations.conversations("ann")
            assert (found.name, found.exchanges, found.unanswered) == ("Talk", 1, "")
            stores.conversations.open_question(id_, "ann", "Why not?", 60)
            assert stores.conversations.conversations("ann")[0].unanswered == "Why not?"
