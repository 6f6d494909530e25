"""How much is read for each kind of question (pure data).

A plain question of fact reads what it always did. Whoever asks for a list or a summary waits for more to be read: about
400 tokens a second on two cores.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Plan, QuestionKind

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """How much is read: `passages` found (0: as the setting says), `tokens` of sources, whole `sections` or not."""

    passages: int = 0
    tokens: int = 0
    sections: bool = False

    @property
    def characters(self) -> int:
        """The room for sources in characters, about."""
        return self.tokens * CHARACTERS_PER_TOKEN


_READINGS: Mapping[QuestionKind, Reading] = {
    "list": Reading(16, 4200, sections=True),
    "explanation": Reading(12, 3600, sections=True),
    "comparison": Reading(10, 2800),
    "parts": Reading(16, 3600),
    "table": Reading(8, 2400),
    "summary": Reading(12, 4500),
}


def reading_for(plan: Plan) -> Reading:
    """Return how much to read by a plan."""
    if plan.length == "long" and plan.kind in ("fact", "yes_no"):
        return _READINGS["explanation"]
    return _READINGS.get(plan.kind, Reading())
