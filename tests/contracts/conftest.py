"""The stores of every contract over each database: SQLite in a folder, and PostgreSQL where there is one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from rag.interfaces import Library
from rag.stores.open_stores import Stores, open_stores
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes


class Place:
    """Where the stores of a test are. Each call of `open` returns them as another program has them."""

    def __init__(self, open_: Callable[[], Stores], folder: Path | None) -> None:
        self.open = open_
        self._folder = folder

    @property
    def is_on_disk(self) -> bool:
        """True if the files are Citewell's own, so that no trace of what was deleted may be left in them."""
        return self._folder is not None

    def left(self) -> bytes:
        """Return what is in the files."""
        assert self._folder
        return b"".join(path.read_bytes() for path in self._folder.rglob("*") if path.is_file())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    address = request.getfixturevalue("postgres_address") if request.param == "postgres" else None
    with ExitStack() as opened:

        def open_() -> Stores:
            return opened.enter_context(closing(open_stores(tmp_path / "library", address, "words")))

        yield Place(open_, None if address else tmp_path / "library")


@pytest.fixture
def stores(place: Place) -> Stores:
    return place.open()


@pytest.fixture
def library(stores: Stores) -> Library:
    return stores.library


@pytest.fixture
def kept(stores: Stores) -> SqlConversations:
    return stores.conversations


@pytest.fixture
def notes(stores: Stores) -> SqlNotes:
    return stores.notes
