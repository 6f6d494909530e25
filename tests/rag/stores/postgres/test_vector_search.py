"""Nearest vectors in pgvector: along the index, and exactly among those of a filter."""

import re

import numpy as np
import pytest

from rag.stores.postgres import vector_search
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.postgres_database import PostgresDatabase
from rag.stores.postgres.vector_search import PgvectorIndex, ensure_index, nearest

pytestmark = pytest.mark.postgres

DIMENSION = 16


@pytest.fixture
def database(connections: Connections) -> PostgresDatabase:
    return PostgresDatabase(connections, "indexes")


def units(count: int, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_the_index_finds_what_comparing_all_finds_with_and_without_a_filter(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_search, "_MAX_COMPARED", 0)
    stored, queries = units(1_000), units(20, seed=1)
    index = PgvectorIndex(database, DIMENSION)
    index.add(range(1_000), stored)
    for chosen in (None, set(range(0, 1_000, 50))):
        recalls = []
        for query in queries:
            ids = sorted(chosen) if chosen else list(range(1_000))
            best = {ids[place] for place in np.argsort(-stored[ids] @ query)[:10]}
            recalls.append(len(best & {id_ for id_, _ in index.search(query, 10, chosen)}) / 10)
        assert np.mean(recalls) >= 0.95, chosen


def test_without_a_filter_the_index_is_used(database: PostgresDatabase) -> None:
    PgvectorIndex(database, DIMENSION).add(range(1_000), units(1_000))
    query = nearest(DIMENSION)
    values = {"vector": "[" + ",".join(["0.25"] * DIMENSION) + "]", "within": None, "limit": 10}
    with database.reading() as db:
        db.raw.execute("SET enable_seqscan = off")  # there are few here
        plan = db.raw.execute(b"EXPLAIN " + query, values, prepare=False).fetchall()
        db.raw.execute("RESET enable_seqscan")
    used = re.findall(r"Index Scan using (vectors_nearest_\d)", "".join(row[0] for row in plan))
    assert len(used) == len(set(used)) == vector_search.PARTS, plan


def test_vectors_too_long_for_the_index_are_compared(database: PostgresDatabase) -> None:
    with database.writing() as db:
        ensure_index(db, 4_001)
        assert db.execute("SELECT to_regclass('vectors_nearest_0')").fetchone() == (None,)
