"""The statements of `rag.stores` as PostgreSQL has them: parameters, and functions that it calls otherwise."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import TupleRow

_PARAMETER = re.compile(r"\?|(?<!:):([a-z_]+)")
_EACH = re.compile(r"json_each\((\?|:[a-z_]+)\)(?: ([a-z]+)\b)?")


@lru_cache(maxsize=512)
def translated(statement: str) -> bytes:
    """Return a statement in psycopg's style of parameters."""
    statement = statement.replace("%", "%%").replace("instr(", "strpos(").replace("json_group_array(", "json_agg(")
    statement = _EACH.sub(_elements, statement)
    return _PARAMETER.sub(lambda found: f"%({found[1]})s" if found[1] else "%s", statement).encode()


def _elements(found: re.Match[str]) -> str:
    return f"json_array_elements_text(CAST({found[1]} AS json)) AS {found[2] or 'listed'}(value)"


class PostgresConnection:
    """A connection as the rows see it; `raw` is psycopg's own, for what is written for PostgreSQL.

    PostgreSQL has no character of code 0. The one that stands for an unknown character takes its place, so that offsets
    stay as they are.
    """

    def __init__(self, raw: psycopg.Connection[TupleRow]) -> None:
        self.raw = raw

    def execute(self, statement: str, parameters: Any = (), /) -> psycopg.Cursor[TupleRow]:
        """Run a statement."""
        return self.raw.execute(translated(statement), _without_nul(parameters))

    def executemany(self, statement: str, parameters: Iterable[Any], /) -> psycopg.Cursor[TupleRow]:
        """Run a statement once for each set of parameters."""
        cursor = self.raw.cursor()
        cursor.executemany(translated(statement), [_without_nul(each) for each in parameters])
        return cursor


def _without_nul(parameters: Any) -> Any:
    if isinstance(parameters, Mapping):
        return {name: clean(value) for name, value in parameters.items()}
    return tuple(clean(value) for value in parameters)


def clean(value: Any) -> Any:
    """Return a value that PostgreSQL can store."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
