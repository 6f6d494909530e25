"""Conversations in the library's SQLite file."""

import json
from pathlib import Path

from rag.stores.sql_conversations import SqlConversations
from rag.stores.sqlite.database import Database


class SqliteConversations(SqlConversations):
    """A `Conversations` in a library's folder.

    Raises:
        LibraryError: as `SqliteLibrary`.
    """

    def __init__(self, folder: Path, *, embedder: str) -> None:
        # SQLite's own lower() knows ASCII only.
        functions = {"folded": str.casefold, "said": _said}
        super().__init__(Database(folder, embedder=embedder, functions=functions))


def _said(record: str) -> str:
    """Return question and answer of a record, folded."""
    values = json.loads(record)
    return f"{values.get('question')}\n{values.get('answer')}".casefold()
