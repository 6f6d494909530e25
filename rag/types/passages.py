"""What a search finds."""

from dataclasses import dataclass

from rag.types.documents import Chunk


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open character range `[start, end)` of some text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. Higher scores are better; they compare within one query only."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A passage that was retrieved but not shown to the model, and why."""

    passage: Passage
    reason: str
