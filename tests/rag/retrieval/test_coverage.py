"""Passages that represent a text: all of it if there is room, else every part of it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.interfaces import Vectors
from rag.retrieval.coverage import representative
from rag.types import Chunk
from tests.support import values


def chunk(number: int, size: int = 400, heading: str = "") -> Chunk:
    return values.chunk("x" * size, id=number, heading=heading)


def unit(rows: list[list[float]]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    result: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return result


def test_each_section_is_represented_by_what_is_most_like_it() -> None:
    chunks = [chunk(number, heading=f"T › {number // 4}") for number in range(12)]
    rows = [[1.0, 0, 0]] * 4 + [[0, 1.0, 0]] * 4 + [[0, 0, 1.0]] * 4
    rows[6] = [0, 1.0, 0.01]
    rows[5] = [0.9, 0.5, 0]
    chosen = representative(chunks, unit(rows), 1300)
    assert [each.heading for each in chosen] == ["T › 0", "T › 1", "T › 2"]
    assert chosen[1].id != 5


def test_the_end_of_a_text_is_represented_though_its_passages_are_long() -> None:
    chunks = [chunk(number, 400 if number < 20 else 1200) for number in range(22)]
    chosen = representative(chunks, unit([[1.0, 0]] * 22), 2600)
    assert [len(each.text) for each in chosen] == [400, 400, 400, 1200]


@given(st.lists(st.integers(10, 900), min_size=1, max_size=40), st.integers(200, 5000))
def test_chosen_passages_are_in_order_once_and_within_the_room(sizes: list[int], room: int) -> None:
    chunks = [chunk(number, size) for number, size in enumerate(sizes)]
    vectors = unit([[1.0, number + 1.0] for number in range(len(sizes))])
    chosen = representative(chunks, vectors, room)
    ids = [each.id for each in chosen]
    assert ids == sorted(set(ids))
    assert ids
    assert sum(len(each.text) for each in chosen) <= room or len(chosen) == 1
