"""Tell whether a document has a few words as a name, a heading or a row's label: then they ask about it ("Duo")."""

import re

from rag.types import Chunk

_MOST_WORDS = 3
_ENDS = " .?!？。¿¡"


def may_be_term(question: str) -> bool:
    """Return whether a question is so short that it may be nothing but a term."""
    return 0 < len(question.split()) <= _MOST_WORDS


def is_named(question: str, chunk: Chunk) -> bool:
    """Return whether a chunk has a question's words as a name inside a sentence, in a heading, or as a row's label."""
    term = re.escape(" ".join(question.split()).strip(_ENDS))
    if not term:
        return False
    is_above = re.search(rf"(?<!\w){term}(?!\w)", chunk.heading, re.IGNORECASE)
    is_label = re.search(rf"^\s*\|\s*{term}\s*\|", chunk.text, re.IGNORECASE | re.MULTILINE)
    inside = re.finditer(rf"\w[,;]? ({term})(?!\w)", chunk.text, re.IGNORECASE)
    return bool(is_above or is_label) or any(match[1][0].isupper() for match in inside)
