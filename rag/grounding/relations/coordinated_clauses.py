"""Split a claim of several statements at its conjunctions (pure), so that each can be held against the text by itself.

A summary says in one sentence what a section says in several. Only a conjunction behind a comma, or a semicolon, parts
statements: "and" alone joins words as often as clauses.
"""

import re

_CONJUNCTION = (
    "and|but|while|whereas|including|meaning that|und|aber|sondern|während|wobei|et|mais|tandis que|y|pero|mientras"
)
_BREAK = re.compile(rf"\s*(?:[;；]\s*(?:(?:{_CONJUNCTION})\s+)?|,\s+(?:{_CONJUNCTION})\s+)", re.IGNORECASE)
_WORD = re.compile(r"[\u3040-\u9fff]|\w+")
_MIN_WORDS = 4
"""A part with fewer words is no statement: words so few are found anywhere."""


def coordinated_clauses(claim: str) -> list[str]:
    """Return the statements of a claim in order; none if it has only one, or if a part of it is too short for one."""
    parts = [part for part in _BREAK.split(claim.strip()) if part.strip()]
    is_whole = all(len(_WORD.findall(part)) >= _MIN_WORDS for part in parts)
    return parts if is_whole and len(parts) > 1 else []
