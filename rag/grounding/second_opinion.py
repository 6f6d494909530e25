"""Second opinions on support: what they share, and that of the language model itself."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from rag.interfaces import ClaimJudge, Scorer

_REMEMBERED = 1024
_WORD = re.compile(r"\w+")

_MAX_CHARACTERS = 4000
"""A longer sentence or quote is left to the words: a list or table that nobody reads at one glance."""


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


class ModelJudge(SecondOpinion):
    """A `Scorer` whose second opinion is a language model's, by its hidden states; that is loaded when first asked."""

    def __init__(self, words: Scorer, judge: Callable[[], ClaimJudge | None]) -> None:
        super().__init__(words)
        self._judge = judge
        self._asked = lru_cache(_REMEMBERED)(self._ask)

    def opinion(self, sentence: str, text: str) -> float | None:
        """Return the probability that the text says the sentence.

        What is copied out of the text, or too long to judge, is left to the words.
        """
        supported = self._asked(sentence, text)
        return super().opinion(sentence, text) if supported is None else supported

    def _ask(self, sentence: str, text: str) -> float | None:
        if len(sentence) + len(text) > _MAX_CHARACTERS or _is_copied(sentence, text):
            return None
        judge = self._judge()
        if judge is None or not judge.can_judge:
            return None
        (verdict,) = judge.judge_claims([(sentence, text)])
        return verdict.supported


def _is_copied(sentence: str, text: str) -> bool:
    """Return whether the text has all words of the sentence one after the other."""
    ours, theirs = (" ".join(["", *_WORD.findall(each.casefold()), ""]) for each in (sentence, text))
    return ours in theirs
