"""Read from a question what it takes for granted (pure; English).

"As the term is two years, …" and "Why did sales rise?" state a premise. "Where did she win her first medal?" has one
too, but only what contradicts it outright tells.
"""

import re
from dataclasses import dataclass

_AUXILIARY = r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|must|may|might)"
_GIVEN = re.compile(
    r"^(?:as|since|because|given that|seeing that|considering that|now that) (?P<premise>[^,]{8,}?), (?P<asked>.+)$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^(?:and |but |so )?(?:why|how come|for what reasons?) "
    rf"(?:{_AUXILIARY}(?P<negated>n['’]t| not)? )?(?P<premise>.+)$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"^(?:(?:in|on|at|for|to|of|from|with|by|against|under|until|since|after|before|about|and|but|so) )?"
    rf"(?:who|whom|whose|what|which|when|where|how)\b(?: [\w'’-]+){{0,4}}? {_AUXILIARY} (?P<premise>.+)$",
    re.IGNORECASE,
)

_VERB = re.compile(
    rf"\b{_AUXILIARY}\b|\b\w{{2,}}ed\b|\b(?:the|an?|this|that|each|every) (?:\w+ )?(?!of\b)\w+ \w+s\b", re.IGNORECASE
)
"""A verb, so that "as a member of the board" is no premise."""


@dataclass(frozen=True, slots=True)
class Premise:
    """A statement that a question takes for granted.

    `is_stated` if the question says it in so many words, `is_negated` if it is a denial ("Why didn't …?").
    """

    text: str
    is_stated: bool
    is_negated: bool = False


def read_premise(question: str) -> Premise | None:
    """Return the premise of a question, None if it has none that can be told."""
    question = " ".join(question.split()).rstrip(" ?.!")
    if (match := _GIVEN.match(question)) and _VERB.search(match["premise"]):
        return Premise(match["premise"], is_stated=True)
    if match := _WHY.match(question):
        return Premise(match["premise"], is_stated=True, is_negated=bool(match["negated"]))
    if match := _ASKED.match(question):
        return Premise(match["premise"], is_stated=False)
    return None
