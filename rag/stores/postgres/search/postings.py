"""Postings: for each word the texts that have it, in blocks of ids, as bytes that numpy reads at once.

A row has a word's texts of one block of ids: of each the place in the block, the number of its words, and how often it
has this one. Blocks are small enough that adding a text does not rewrite much.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from rag.stores.postgres.dialect import PostgresConnection

Word = tuple[bool, str]
"""Whether it is a part of a word, and the word or part."""

Postings = npt.NDArray[np.void]
Ids = npt.NDArray[np.int64]

BLOCK = 8_192
posting_type = np.dtype([("place", "<u2"), ("length", "<u2"), ("times", "u1")])
_MAX_LENGTH, _MAX_TIMES = 2**16 - 1, 255

_APPEND = b"""
    INSERT INTO postings AS p (is_part, word, block, texts)
    SELECT * FROM unnest(%s::bool[], %s::text[], %s::bigint[], %s::bytea[])
    ON CONFLICT (is_part, word, block) DO UPDATE SET texts = p.texts || excluded.texts
"""
_READ = b"""
    SELECT asked.number, p.block, p.texts
    FROM unnest(%s::bool[], %s::text[]) WITH ORDINALITY AS asked(is_part, word, number)
    JOIN postings p ON p.is_part = asked.is_part AND p.word = asked.word
"""
_HOLDING = b"""
    SELECT p.is_part, p.word, p.block, p.texts FROM postings p
    JOIN (
        SELECT DISTINCT false AS is_part, each.lexeme AS word, chunk_id / %(block)s AS block
        FROM keywords, unnest(words) AS each WHERE chunk_id = ANY(%(ids)s)
        UNION
        SELECT DISTINCT true, each.lexeme, chunk_id / %(block)s
        FROM keywords, unnest(parts) AS each WHERE chunk_id = ANY(%(ids)s)
    ) gone USING (is_part, word, block)
"""
_REPLACE = b"UPDATE postings SET texts = %s WHERE is_part = %s AND word = %s AND block = %s"
_DELETE = b"DELETE FROM postings WHERE is_part = %s AND word = %s AND block = %s"


def add(db: PostgresConnection, texts: Iterable[tuple[int, Mapping[bool, Counter[str]]]]) -> None:
    """Add texts, which have none yet: of each its id, and how often it has which words (False) and parts (True)."""
    blocks: defaultdict[tuple[bool, str, int], list[tuple[int, int, int]]] = defaultdict(list)
    for id_, counted in texts:
        block, place = divmod(id_, BLOCK)
        for is_part, times_of in counted.items():
            length = min(times_of.total(), _MAX_LENGTH)
            for word, times in times_of.items():
                blocks[is_part, word, block].append((place, length, min(times, _MAX_TIMES)))
    if blocks:
        keys = sorted(blocks)  # one order for all writers
        packed = [np.array(blocks[key], dtype=posting_type).tobytes() for key in keys]
        db.raw.execute(_APPEND, (*map(list, zip(*keys, strict=True)), packed))


def remove(db: PostgresConnection, ids: Sequence[int]) -> None:
    """Remove texts. Call it while their words are still in `keywords`, which says where they are."""
    gone = np.asarray(ids, dtype=np.int64)
    left, empty = [], []
    rows = db.raw.execute(_HOLDING, {"ids": list(ids), "block": BLOCK}, binary=True).fetchall()
    for is_part, word, block, texts in rows:
        postings = np.frombuffer(texts, dtype=posting_type)
        kept = postings[~np.isin(block * BLOCK + postings["place"].astype(np.int64), gone)]
        if len(kept):
            left.append((kept.tobytes(), is_part, word, block))
        else:
            empty.append((is_part, word, block))
    cursor = db.raw.cursor()
    cursor.executemany(_REPLACE, left)
    cursor.executemany(_DELETE, empty)


def read(db: PostgresConnection, words: Sequence[Word]) -> list[tuple[Ids, Postings]]:
    """Return for each word the ids of the texts that have it, and their postings."""
    found: list[list[tuple[int, bytes]]] = [[] for _ in words]
    asked = ([is_part for is_part, _ in words], [word for _, word in words])
    for number, block, texts in db.raw.execute(_READ, asked, binary=True):
        found[number - 1].append((block, texts))
    return [_joined(rows) for rows in found]


def _joined(rows: Sequence[tuple[int, bytes]]) -> tuple[Ids, Postings]:
    postings = np.frombuffer(b"".join(texts for _, texts in rows), dtype=posting_type)
    counts = [len(texts) // posting_type.itemsize for _, texts in rows]
    starts = np.repeat(np.asarray([block * BLOCK for block, _ in rows], dtype=np.int64), counts)
    return starts + postings["place"], postings
