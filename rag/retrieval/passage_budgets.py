"""How much is read for each kind of question.

A plain question of fact reads what it always did. Whoever asks for a list or a summary waits for more to be read: about
400 tokens a second on two cores of a server. A slower machine reads what it can in the time there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.types import Plan, QuestionKind

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ReadingBudget:
    """How much is read: `passages` found (0: as the setting says), `tokens` of sources, whole `sections` or not.

    `patience` is how many times as long as for a question of fact one waits for it to be read. `limit` is how many
    tokens of sources can be read in that time; None if it takes them all.
    """

    passages: int = 0
    tokens: int = 0
    sections: bool = False
    patience: float = 2.5
    limit: int | None = None

    @property
    def characters(self) -> int:
        """The room for sources in characters, about."""
        return self.tokens * CHARACTERS_PER_TOKEN


_READINGS: Mapping[QuestionKind, ReadingBudget] = {
    "list": ReadingBudget(16, 4200, sections=True),
    "explanation": ReadingBudget(12, 3600, sections=True),
    "comparison": ReadingBudget(6, 1200),
    "parts": ReadingBudget(10, 1800),
    "table": ReadingBudget(8, 2400),
    "summary": ReadingBudget(12, 4500, patience=7.5),
}
_FACT = ReadingBudget(patience=1)

_FOLLOW_UP_PASSAGES = 3

LEAST_TOKENS = 250
"""Tokens of sources that are read however long it takes: with fewer, hardly a question is answered."""


def reading_for(plan: Plan) -> ReadingBudget:
    """Return how much to read by a plan."""
    if plan.length == "long" and plan.kind in ("fact", "yes_no"):
        return _READINGS["explanation"]
    return _READINGS.get(plan.kind, _FACT)


def beside_earlier(reading: ReadingBudget) -> ReadingBudget:
    """Return how much is read for a follow-up: fewer new passages, as the prompt still has the earlier ones."""
    return replace(reading, passages=reading.passages // 2 or _FOLLOW_UP_PASSAGES, tokens=reading.tokens // 2)


def in_time(reading: ReadingBudget, tokens_per_s: float, seconds: float) -> ReadingBudget:
    """Return how much of it can be read at this rate within `seconds`, the time for a question of fact; 0: no limit."""
    limit = max(LEAST_TOKENS, round(tokens_per_s * seconds * reading.patience / 100) * 100)
    if not seconds or (reading.tokens and limit >= reading.tokens):
        return reading
    return replace(reading, tokens=min(reading.tokens, limit), limit=limit)
