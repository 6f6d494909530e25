"""Protocols of judges of text: the support scorer and the content filter."""

from collections.abc import Sequence
from typing import Protocol


class Scorer(Protocol):
    """Judge how well spans of text support a sentence."""

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span. `context` is the spans' heading: it may name whom they are about."""

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return whether each span contradicts the sentence: then no other span makes it support it."""

    def missing(self, sentence: str, text: str) -> list[str]:
        """Return the required facts of the sentence that the text does not have: numbers, units and names."""

    def confirms(self, sentence: str, text: str) -> bool:
        """Return whether the text paraphrases the sentence; called for sentences of weak support."""

    def refutes(self, sentence: str, text: str) -> bool:
        """Return whether the text says the opposite in other words; called for supported sentences."""


class ContentFilter(Protocol):
    """Judge what may be asked and answered."""

    def objection(self, text: str) -> str | None:
        """Return why this text must not be asked or shown, as the end of a sentence; None if it may."""
