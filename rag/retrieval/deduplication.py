"""Remove near-duplicate passages and join neighbouring ones."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.text.characters import script_runs
from rag.text.normalize import MINUS, normalize
from rag.text.stop_words import NEGATIONS
from rag.types import Chunk, Dropped, Passage

PageText = Callable[[int, int], str]
"""Text of a page by document id and page number; "" if the page no longer exists."""

_NEAR_DUPLICATE = 0.9
_SHINGLE_WORDS = 4
_FIGURE = re.compile(rf"\d[\d.,d{MINUS}]*")


def deduplicate(passages: Sequence[Passage], limit: int) -> tuple[list[Passage], list[Dropped]]:
    """Return the best `limit` distinct passages, and the duplicates met on the way with the reason for dropping them.

    Two texts are near-duplicates if the Jaccard similarity of their four-word shingles is at least 0.9 (Broder 1997,
    "On the resemblance and containment of documents"), and if they have the same figures and negations: two versions
    of a clause that differ in the notice period are no copies.
    """
    distinct: list[tuple[Passage, frozenset[str]]] = []
    dropped: list[Dropped] = []
    for passage in passages:
        if len(distinct) == limit:
            break
        shingles = _shingles(passage.chunk.text)
        duplicated = next(
            (
                other
                for other, theirs in distinct
                if _resemblance(shingles, theirs) >= _NEAR_DUPLICATE
                and _facts(passage.chunk.text) == _facts(other.chunk.text)
            ),
            None,
        )
        if duplicated is None:
            distinct.append((passage, shingles))
        else:
            dropped.append(Dropped(passage, f"says the same as the passage from {duplicated.chunk.document}"))
    return [passage for passage, _ in distinct], dropped


def join_neighbours(passages: Sequence[Passage], page_text: PageText) -> list[Passage]:
    """Merge chunks with only white space between them into one passage, at the rank of the better one.

    Text that runs across their border is then read, and quoted, whole.
    """
    joined: list[Passage] = []
    for passage in passages:
        for index, other in enumerate(joined):
            if chunk := _union(other.chunk, passage.chunk, page_text):
                joined[index] = replace(other, chunk=chunk)
                break
        else:
            joined.append(passage)
    return joined if len(joined) == len(passages) else join_neighbours(joined, page_text)


def _union(one: Chunk, other: Chunk, page_text: PageText) -> Chunk | None:
    """Return both chunks as one if they are neighbours in one section of a page; the union has the id of `one`."""
    if (one.document_id, one.page, one.heading) != (other.document_id, other.page, other.heading):
        return None
    first, second = sorted((one, other), key=lambda chunk: chunk.start)
    text = page_text(one.document_id, one.page)
    unchanged = all(text[chunk.start : chunk.end] == chunk.text for chunk in (one, other))
    if not unchanged or text[first.end : second.start].strip():  # the page may have been replaced since the search
        return None
    end = max(first.end, second.end)
    return replace(one, start=first.start, end=end, text=text[first.start : end], line=first.line)


def _shingles(text: str) -> frozenset[str]:
    """Return the sequences of four words, or of four characters where a script puts no spaces between words."""
    words = [word for run, kind in script_runs(text.lower()) for word in (run if kind else run.split())]
    return frozenset(" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(words) - _SHINGLE_WORDS + 1)))


def _facts(text: str) -> Counter[str]:
    """Return the figures of a text, in one spelling, and its negations."""
    plain = normalize(text)
    figures = [figure.rstrip(".,") for figure in _FIGURE.findall(plain)]
    return Counter([*figures, *NEGATIONS.findall(plain.lower())])


def _resemblance(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
