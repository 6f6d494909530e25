"""A copy knows every table of a library, and takes units in batches."""

import re

from rag.stores import schema
from rag.stores.copying.copied_parts import TABLES


def test_no_table_is_forgotten() -> None:
    made = {found[1] for statement in schema.SCHEMA if (found := re.search(r"CREATE TABLE (\w+)", statement))}
    assert made - {"meta"} == set(TABLES)
