"""What the scorers of a second opinion share: all else is another scorer's judgement."""

from collections.abc import Sequence

from rag.interfaces import Scorer


class SecondOpinion:
    """A `Scorer` that passes everything on to `words`, a lexical one; a second opinion overrides what it judges."""

    def __init__(self, words: Scorer) -> None:
        self._words = words

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return the lexical scores."""
        return self._words.support(sentence, spans, context)

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return the lexical contradictions."""
        return self._words.contradicts(sentence, spans)

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the missing facts, lexically."""
        return self._words.missing(sentence, text, context)

    def opinion(self, sentence: str, text: str) -> float | None:
        """Return the opinion of what this one is laid over."""
        return self._words.opinion(sentence, text)
