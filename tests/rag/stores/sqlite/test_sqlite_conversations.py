"""Conversations in SQLite: names on one line, case folding beyond ASCII, and records searched by whole values."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.sqlite.sqlite_conversations import SqliteConversations
from tests.support.old_libraries import write_library


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[SqliteConversations]:
    opened = SqliteConversations(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def record(question: str, answer: str = "An answer.", quote: str = "") -> dict[str, object]:
    return {"question": question, "answer": answer, "quotes": [quote]}


def test_a_library_of_an_earlier_version_keeps_what_is_not_asked_too(tmp_path: Path) -> None:
    write_library(tmp_path / "old", 2)
    kept = SqliteConversations(tmp_path / "old", embedder="words")
    id_ = kept.create("ann").id
    assert kept.exclude(id_, "ann", {1}) is True
    assert kept.excluded(id_, "ann") == {1}
    kept.close()


def test_a_library_that_is_removed_meanwhile_is_said_to_be_gone(
    conversations: SqliteConversations, tmp_path: Path
) -> None:
    id_ = conversations.create("ann").id
    (tmp_path / "library").rename(tmp_path / "moved")
    with pytest.raises(LibraryError, match="is gone: it was moved or deleted"):
        conversations.add(id_, "ann", record("Lost?"))
    with pytest.raises(LibraryError, match="is gone"):
        conversations.conversations("ann")
    (tmp_path / "moved").rename(tmp_path / "library")
    conversations.add(id_, "ann", record("Found?"))
    assert len(conversations.exchanges(id_, "ann")) == 1, "put back, it goes on"
