"""Each engine carries a library up to its limit, and the next takes over."""

import pytest

from observing.capacity.engines import FOLDER, POSTGRES, SHARDS, Engine, after, engine_for


@pytest.mark.parametrize(
    ("chunks", "is_shared", "engine"),
    [
        (1e5, False, FOLDER),
        (1e5, True, POSTGRES),
        (2e6, False, FOLDER),
        (2.1e6, False, POSTGRES),
        (2e7, True, POSTGRES),
        (2.1e7, False, SHARDS),
        (1e12, False, SHARDS),
    ],
)
def test_the_first_engine_that_carries_it_is_taken(chunks: float, is_shared: bool, engine: Engine) -> None:
    assert engine_for(chunks, is_shared=is_shared) is engine


def test_after_the_last_one_nothing_is_planned() -> None:
    assert [after(engine) for engine in (FOLDER, POSTGRES, SHARDS)] == [
        POSTGRES.name,
        SHARDS.name,
        "nothing that is planned here",
    ]
