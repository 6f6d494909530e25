"""Ids in one parameter."""

import sqlite3
from contextlib import closing

from rag.stores.rows.sql_statements import LISTED, json_ids


def test_any_number_of_ids_is_one_parameter_and_those_too_large_are_left_out() -> None:
    query = f"SELECT value FROM (SELECT 2999 AS value) WHERE value IN {LISTED}"  # noqa: S608  our own
    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute(query, (json_ids([*range(3_000), 10**30]),)).fetchone() == (2_999,)
