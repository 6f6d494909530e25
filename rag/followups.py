"""Makes a question that leans on the conversation into a query that stands alone (pure).

Rules only: a question that points back (by a pronoun, an opening such as "and …" or "what about …", or by being
too short to search with) is searched for together with the question before it. The model sees the whole
conversation, so it resolves the reference itself; the search only has to find the same subject.
"""

import re
from collections.abc import Sequence

from rag.types import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|one|ones|same|former|latter"
    r"|such|so|above|previous|again|else|instead)\b", re.IGNORECASE)
_OPENING = re.compile(r"\s*(and|but|or|also|then|so|what about|how about|what else|why|why not|how so|how come|really"
                      r"|since when|until when|more|go on|explain|elaborate)\b", re.IGNORECASE)
_SHORT_WORDS = 3


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The query to search for: the question itself, or with the one before it where it leans on that."""
    question = question.strip()
    if not history or not _leans(question):
        return question
    anchor = next((turn.question.strip() for turn in reversed(history) if not _leans(turn.question)),
                  history[-1].question.strip())
    return f"{anchor} {question}"


def _leans(question: str) -> bool:
    return bool(_OPENING.match(question) or _POINTS_BACK.search(question)
                or len(question.split()) <= _SHORT_WORDS)
