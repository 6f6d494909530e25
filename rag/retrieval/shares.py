"""Share the room of a prompt between several searches (pure)."""

from collections.abc import Sequence

from rag.types import Passage


def in_turn(rankings: Sequence[Sequence[Passage]]) -> list[Passage]:
    """Return the passages of several searches: in turn the best of each that no other has given yet."""
    taken: dict[int, Passage] = {}
    left = [list(reversed(ranking)) for ranking in rankings]
    while any(left):
        for ranking in left:
            while ranking:
                passage = ranking.pop()
                if passage.chunk.id not in taken:
                    taken[passage.chunk.id] = passage
                    break
    return list(taken.values())
