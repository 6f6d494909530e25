"""Statements in SQLite's style, as PostgreSQL has them."""

import pytest

from rag.stores.postgres.dialect import clean, translated
from rag.stores.rows.sql_statements import LISTED


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1 FROM a WHERE b = ? AND c LIKE '5%'", "SELECT 1 FROM a WHERE b = %s AND c LIKE '5%%'"),
        ("UPDATE a SET b = :name WHERE c = :owner", "UPDATE a SET b = %(name)s WHERE c = %(owner)s"),
        ("SELECT CAST(a AS TEXT), b::text", "SELECT CAST(a AS TEXT), b::text"),
        (LISTED, "(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(%s AS json)) AS listed(value))"),
        (
            "EXISTS (SELECT 1 FROM json_each(:values) v WHERE instr(record, v.value) > 0)",
            (
                "EXISTS (SELECT 1 FROM json_array_elements_text(CAST(%(values)s AS json)) AS v(value) "
                "WHERE strpos(record, v.value) > 0)"
            ),
        ),
        ("SELECT json_group_array(name) FROM a", "SELECT json_agg(name) FROM a"),
    ],
)
def test_a_statement_is_translated(statement: str, expected: str) -> None:
    assert translated(statement).decode() == expected


def test_a_character_that_postgresql_lacks_is_replaced_by_one_of_the_same_length() -> None:
    assert clean("a\0b") == "a\ufffdb"
    assert clean(7) == 7
