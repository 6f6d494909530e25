"""Vectors go to pgvector and come back to the last bit."""

from contextlib import closing

import numpy as np
import pytest

from rag.stores.postgres.connections import Connections
from rag.stores.postgres.part_rows import copy_vectors, literal, read_vectors
from rag.stores.postgres.postgres_database import PostgresDatabase


@pytest.mark.postgres
def test_vectors_come_back_to_the_last_bit(postgres_address: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    opened = Connections(postgres_address)
    with closing(opened), PostgresDatabase(opened, "indexes").writing() as db:
        copy_vectors(db, [4, 5, 6], vectors)
        found = read_vectors(db, [6, 99, 4])
    assert found.keys() == {4, 6}
    assert np.array_equal(np.frombuffer(found[6], ">f4"), vectors[2])


def test_a_vector_is_written_as_pgvector_writes_it() -> None:
    assert literal(np.array([1, -0.5], np.float32)) == "[1.0,-0.5]"
