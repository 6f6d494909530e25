"""What judges text: whether it is supported, whether it may be shown."""

from collections.abc import Sequence
from typing import Protocol


class Scorer(Protocol):
    """Judges how well spans of text support a sentence."""

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """One score in [0, 1] per span. `context` is what the spans stand under: it may name whom they are about."""

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Whether each span says otherwise: then nothing beside it makes it support the sentence."""

    def missing(self, sentence: str, text: str) -> list[str]:
        """What the sentence says and the text has not, that must not be missing: numbers, units and names."""

    def confirms(self, sentence: str, text: str) -> bool:
        """Whether the text says the sentence in other words; asked of a sentence that the scores make weak."""

    def refutes(self, sentence: str, text: str) -> bool:
        """Whether the text says the opposite in other words; asked of a sentence that the scores make supported."""


class ContentFilter(Protocol):
    """Judges what may be asked and answered."""

    def objection(self, text: str) -> str | None:
        """Why this text must not be asked or shown, as the end of a sentence; None if it may."""
