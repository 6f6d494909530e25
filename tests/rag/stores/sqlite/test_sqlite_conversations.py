"""Conversations in SQLite, whose folder may be removed or moved meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.stores.sqlite.sqlite_conversations import SqliteConversations


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[SqliteConversations]:
    opened = SqliteConversations(tmp_path / "library", embedder="words")
    yield opened
    opened.close()


def test_a_library_that_is_removed_meanwhile_is_said_to_be_gone(
    conversations: SqliteConversations, tmp_path: Path
) -> None:
    id_ = conversations.create("ann").id
    (tmp_path / "library").rename(tmp_path / "moved")
    with pytest.raises(LibraryError, match="is gone: it was moved or deleted"):
        conversations.add(id_, "ann", {"question": "Lost?", "answer": ""})
    with pytest.raises(LibraryError, match="is gone"):
        conversations.conversations("ann")
    (tmp_path / "moved").rename(tmp_path / "library")
    conversations.add(id_, "ann", {"question": "Found?", "answer": ""})
    assert len(conversations.exchanges(id_, "ann")) == 1, "put back, it goes on"
