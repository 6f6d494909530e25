"""A second opinion on support from the language model itself, read from its hidden states."""

import re
from collections.abc import Callable
from functools import lru_cache

from rag.grounding.second_opinion import SecondOpinion
from rag.interfaces import ClaimJudge, Scorer

_REMEMBERED = 1024
_WORD = re.compile(r"\w+")

_MAX_CHARACTERS = 4000
"""A longer sentence or quote is left to the words: a list or table that nobody reads at one glance."""


class ModelJudge(SecondOpinion):
    """A `Scorer` whose second opinion comes from a judge of claims, which is made when it is first asked."""

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
