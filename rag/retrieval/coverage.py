"""Choose passages that represent a whole document or section, for a summary of it.

Similarity to the words of "summarise this" finds nothing. A summary needs every part of the text: the text is divided
into as many stretches as there is room for passages, along its sections, and each is represented by the passage nearest
to the middle of its vectors, as LexRank (Erkan and Radev 2004) does for sentences. The first passage of the text, which
says what it is, always belongs to them.
"""

from collections.abc import Sequence

import numpy as np

from rag.interfaces import Vectors
from rag.text.locations import PATH
from rag.types import Chunk

_FOCUS_WEIGHT = 0.5
_LEAD_BONUS = 0.05
_MIN_CHARACTERS = 120
"""A shorter chunk, such as a heading alone, represents nothing."""


def representative(
    chunks: Sequence[Chunk], vectors: Vectors, max_characters: int, focus: Vectors | None = None
) -> list[Chunk]:
    """Return chunks that cover the text within `max_characters`, in reading order; all of them if there is room.

    `vectors` has one row a chunk. `focus` is the vector of what the summary should be about, if the question says.
    """
    if sum(len(chunk.text) for chunk in chunks) <= max_characters:
        return list(chunks)
    usable = [at for at, chunk in enumerate(chunks) if len(chunk.text) >= _MIN_CHARACTERS] or list(range(len(chunks)))
    mean_size = sum(len(chunks[at].text) for at in usable) / len(usable)
    chosen = usable[:1]
    for count in range(max(1, int(max_characters / mean_size)), 0, -1):
        stretches = _stretches([chunks[at] for at in usable], count)
        middles = [_nearest_to_middle([usable[at] for at in stretch], vectors, focus) for stretch in stretches]
        chosen = middles if usable[0] in middles else [usable[0], *middles[1:]]
        if sum(len(chunks[at].text) for at in chosen) <= max_characters:
            break  # wider stretches, rather than an end of the text that nothing represents
    return [chunks[at] for at in chosen]


def _stretches(chunks: Sequence[Chunk], count: int) -> list[range]:
    """Divide chunks into at most `count` stretches of about one size, cut where a section begins if one is near."""
    total = sum(len(chunk.text) for chunk in chunks)
    stretches: list[range] = []
    first = done = 0
    for at, chunk in enumerate(chunks):
        done += len(chunk.text)
        is_last = at + 1 == len(chunks)
        goal = total * (len(stretches) + 1) / count
        ends_section = is_last or _top(chunk) != _top(chunks[at + 1])
        near = done >= goal - 0.3 * total / count
        is_full = len(stretches) + 1 < count and (done >= goal or (ends_section and near))
        if is_last or is_full:
            stretches.append(range(first, at + 1))
            first = at + 1
    return stretches


def _top(chunk: Chunk) -> tuple[str, ...]:
    return tuple(chunk.heading.split(PATH)[:2])


def _nearest_to_middle(places: Sequence[int], vectors: Vectors, focus: Vectors | None) -> int:
    own = vectors[list(places)]
    middle = own.mean(axis=0)
    scores = own @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    if focus is not None:
        scores = scores + _FOCUS_WEIGHT * (own @ focus)
    scores[0] += _LEAD_BONUS
    return places[int(np.argmax(scores))]
