"""Postings: for each word the texts that have it, in blocks of ids, as bytes that numpy reads at once; BM25 over them.

A row has a word's texts of one block of ids: of each the place in the block, the number of its words, and how often it
has this one. Blocks are small enough that adding a text does not rewrite much. Texts are scored by the weightiest words
first, until none that was not seen can be among the best.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.stores.postgres.dialect import PostgresConnection

Word = tuple[bool, str]
"""Whether it is a part of a word, and the word or part."""

Postings = npt.NDArray[np.void]
Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Read = Callable[[Sequence[Word]], list[tuple[Ids, Postings]]]

BLOCK = 8_192
posting_type = np.dtype([("place", "<u2"), ("length", "<u2"), ("times", "u1")])
_MAX_LENGTH, _MAX_TIMES = 2**16 - 1, 255

_READ_AT_ONCE = 50_000
"""Postings that are read together, if several words have so few."""

_FEW = 300
"""Texts that are scored one by one rather than by reading the postings of frequent words."""

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


class Term(NamedTuple):
    """A word of a query, or a part of one; `weight` is the most that it gives a text."""

    texts: int
    lexeme: str
    weight: float
    is_part: bool


class Best(NamedTuple):
    """The ids that may be among the best, ascending, with their scores; whole, unless words are `left`."""

    ids: Ids
    scores: Scores
    left: int


def best(terms: Sequence[Term], read: Read, means: tuple[float, float], limit: int, within: Ids | None) -> Best:
    """Return the texts that may be among the best `limit`, at most `_FEW` if words are left.

    `means` are the mean numbers of words and of parts of a text; `within` are ids, ascending.
    """
    ordered = sorted(terms, key=lambda term: -term.weight)
    ids, scores = np.zeros(0, dtype=np.int64), np.zeros(0)
    done = 0
    while done < len(ordered):
        group = _next_group(ordered[done:])
        found = read([(term.is_part, term.lexeme) for term in group])
        parts = [_chosen(*each, term, means[term.is_part], within) for term, each in zip(group, found, strict=True)]
        ids, scores = _added([(ids, scores), *parts])
        done += len(group)
        rest = sum(term.weight for term in ordered[done:])
        if done < len(ordered) and len(ids) > limit:
            least = np.partition(scores, -limit)[-limit]
            if least >= rest:  # texts that have the words left only are not among the best
                kept = scores + rest >= least
                if np.count_nonzero(kept) <= max(_FEW, limit):
                    return Best(ids[kept], scores[kept], len(ordered) - done)
    return Best(ids, scores, 0)


def _next_group(terms: Sequence[Term]) -> Sequence[Term]:
    total = 0
    for number, term in enumerate(terms):
        total += term.texts
        if number and total > _READ_AT_ONCE:
            return terms[:number]
    return terms


def _chosen(ids: Ids, postings: Postings, term: Term, mean: float, within: Ids | None) -> tuple[Ids, Scores]:
    """Return the texts with a term that are within, and what it gives them."""
    if within is not None:
        is_within = _are_among(ids, within)
        ids, postings = ids[is_within], postings[is_within]
    times = postings["times"].astype(np.float64)
    length = postings["length"].astype(np.float64)
    return ids, term.weight * times / (times + 1.2 * (0.25 + 0.75 * length / mean))


def _are_among(ids: Ids, within: Ids) -> npt.NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(within, ids), len(within) - 1)
    among: npt.NDArray[np.bool_] = within[places] == ids
    return among


def _added(parts: Sequence[tuple[Ids, Scores]]) -> tuple[Ids, Scores]:
    """Return each id once, ascending, with the sum of its scores."""
    ids = np.concatenate([ids for ids, _ in parts])
    scores = np.concatenate([scores for _, scores in parts])
    if not len(ids):
        return ids, scores
    order = np.argsort(ids, kind="stable")  # runs that are in order are merged
    ids, scores = ids[order], scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
    return ids[starts], np.add.reduceat(scores, starts)
