"""A copy knows every table of a library, and takes units in batches."""

import re

from rag.stores import schema
from rag.stores.copying.copied_parts import TABLES, UnitHashes, batches


def test_no_table_is_forgotten() -> None:
    made = {found[1] for statement in schema.SCHEMA if (found := re.search(r"CREATE TABLE (\w+)", statement))}
    assert made - {"meta"} == set(TABLES)


def test_batches_have_so_many_rows_or_one_unit() -> None:
    assert list(batches({1: 2, 2: 2, 3: 9, 4: 1, 5: 3}, rows=4)) == [[1, 2], [3], [4, 5]]
    assert list(batches({})) == []


def test_a_hash_depends_on_every_value_and_its_row() -> None:
    def digest(*rows: tuple[object, ...]) -> bytes:
        hashes = UnitHashes([1])
        for row in rows:
            hashes.add(1, row)
        return hashes.digests()[1]

    assert len({digest((1, "ab")), digest((1, "a"), ("b",)), digest(("1", "ab")), digest((1, b"ab")), digest()}) == 5
