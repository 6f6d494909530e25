"""Versions of tables are ordered."""

import pytest

from rag.stores.postgres.database_state import DatabaseState
from rag.stores.postgres.migrating import HEAD


@pytest.mark.parametrize(
    ("tables", "expected"),
    [("", (True, False, False)), ("0000", (False, True, False)), (HEAD, (False,) * 3), ("9999", (False, False, True))],
)
def test_tables_are_none_old_or_too_new(tables: str, expected: tuple[bool, bool, bool]) -> None:
    state = DatabaseState(server="17.0", pgvector="0.8.0", tables=tables)
    assert (state.is_new, state.is_older, state.is_newer) == expected
