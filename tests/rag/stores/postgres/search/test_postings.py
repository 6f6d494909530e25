"""Postings come back as they were added, over blocks, and nothing of them is left when their text is removed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.search.keyword_search import update
from rag.stores.postgres.search.postings import BLOCK, add, read

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres_address: str) -> Iterator[PostgresDatabase]:
    with closing(Connections(postgres_address)) as connections:
        yield PostgresDatabase(connections, "indexes")


def test_postings_of_several_blocks_are_read_together(database: PostgresDatabase) -> None:
    ids = [1, BLOCK - 1, BLOCK, 5 * BLOCK + 3]
    with database.writing() as db:
        add(db, ((id_, {False: Counter({"owl": 2, "it's \\ 'x'": 1}), True: Counter({"ow": 1})}) for id_ in ids[:2]))
        add(db, ((id_, {False: Counter({"owl": 300}), True: Counter()}) for id_ in ids[2:]))
    with database.reading() as db:
        (owls, postings), (odd, _), (parts, _), (none, _) = read(
            db, [(False, "owl"), (False, "it's \\ 'x'"), (True, "ow"), (True, "owl")]
        )
    times = dict(zip(owls.tolist(), postings["times"].tolist(), strict=True))
    lengths = dict(zip(owls.tolist(), postings["length"].tolist(), strict=True))
    assert times == {1: 2, BLOCK - 1: 2, BLOCK: 255, 5 * BLOCK + 3: 255}
    assert lengths == {1: 3, BLOCK - 1: 3, BLOCK: 300, 5 * BLOCK + 3: 300}
    assert (odd.tolist(), parts.tolist(), none.tolist()) == ([1, BLOCK - 1], [1, BLOCK - 1], [])


def test_of_a_removed_text_nothing_is_left_and_of_its_neighbours_everything(database: PostgresDatabase) -> None:
    with database.writing() as db:
        update(db, (), [1, 2, BLOCK + 1], ["red owl", "owl", "owl"], ["en"] * 3)
        update(db, [1], [2], ["blue owl"], ["en"])
    with database.reading() as db:
        words = sorted(row[0] for row in db.execute("SELECT word FROM postings"))
        ((owls, postings),) = read(db, [(False, "owl")])
    assert words == ["blue", "owl", "owl"]
    assert dict(zip(owls.tolist(), postings["length"].tolist(), strict=True)) == {2: 2, BLOCK + 1: 1}
