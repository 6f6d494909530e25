"""Makes a question that leans on the conversation into a query that stands alone (pure).

Rules only: a question that points back (by a pronoun, an opening such as "and …" or "what about …", or by being
too bare to search with) is searched for together with the question before it. The model sees the whole
conversation, so it resolves the reference itself; the search only has to find the same subject.
"""

import re
from collections.abc import Sequence

from rag.types import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|one|ones|same|former|latter"
    r"|such|so|above|previous|again|else|instead)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*(and|but|or|also|then|so|what about|how about|what else|why|why not|how so|how come|really"
    r"|since when|until when|more|go on|explain|elaborate)\b",
    re.IGNORECASE,
)
_FUNCTION_WORDS = frozenset(
    "a an the of in on at by for to from with as about into is are was were be been do does did has have had can could "
    "will would shall should may might must who whom whose what which when where why how many much long far old".split()
)


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The query to search for: the question itself, or with the one before it where it leans on that."""
    question = question.strip()
    if not history or not _leans(question):
        return question
    standing_alone = (turn.question for turn in reversed(history[1:]) if not _leans(turn.question))
    anchor = next(standing_alone, history[0].question)
    return f"{anchor.strip()} {question}"


def _leans(question: str) -> bool:
    return bool(_OPENING.match(question) or _POINTS_BACK.search(question) or _is_bare(question))


def _is_bare(question: str) -> bool:
    """Whether at most one word of the question says what it is about ("in which year?")."""
    return sum(word not in _FUNCTION_WORDS for word in re.findall(r"\w+", question.lower())) <= 1
