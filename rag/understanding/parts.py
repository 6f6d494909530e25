"""Take a question apart: several questions in one, and the things that one compares.

Small models answer the first of several questions, and one search finds passages about the one that is said most of.
Least-to-most prompting (Zhou et al. 2022, 2205.10625) asks for each by itself; here each is searched for by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.types import Part
from rag.understanding.question_reader import needs_conversation

MAX_PARTS = 6

_ASKS = (
    r"(?:(?:in|on|at|for|to|of|from|with|by|until|since|under) )?"
    r"(?:who|whom|whose|what|which|when|where|why|how)\b"
    r"|(?:wer|wen|wem|was|wann|wo|wohin|warum|wieso|wie|welche\w?|wieviel)\b"
    r"|(?:qui|que|quoi|quand|où|pourquoi|comment|combien|quel\w*)\b"
    r"|(?:quién|qué|cuándo|dónde|por qué|cómo|cuánt\w+|cuál\w*)\b"
)
_JOINT = re.compile(
    rf"(?<=[?？])\s*|\s*[,;]\s*(?:and |und |et |y |sowie )?(?=(?:{_ASKS}))|\s+(?:and|und|et|y|sowie)\s+(?=(?:{_ASKS}))",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"^(?:and |und |et |y |¿)?(?:{_ASKS})|[?？]$", re.IGNORECASE)
_ONLY_ASKS = re.compile(_ASKS, re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"(?:when|where|whenever|wherever) (?!(?:and|did|was|were|is|are|does|do|will|can|has|have|had|would|should|could"
    r"|may|might|must) )",
    re.IGNORECASE,
)
"""A clause that begins like a question: "When it is full, what happens?"."""

_EACH = re.compile(r"\beach\b", re.IGNORECASE)

_DETERMINER = r"(?:the |a |an |those (?:of|at|in|from|for) |that (?:of|at|in|from|for) |these |this )?"
_COMPARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bbetween (?P<one>.+?) and (?P<other>.+)",
        r"\bcompare (?P<one>.+?) (?:with|to|and|against) (?P<other>.+)",
        r"\b(?:how|what) (?:do|does|did|is|are|was|were) (?P<one>.+?) (?:differ|different) from (?P<other>.+)",
        r"\bdistinguishes (?P<one>.+?) from (?P<other>.+)",
        r"\b(?:how|in what way) (?:do|does|did) (?P<one>.+?) and (?P<other>.+?) (?:differ|compare)\b",
        r"(?P<one>.+?) (?:versus|vs\.?) (?P<other>.+)",
        r"\bunterschied\w* zwischen (?P<one>.+?) und (?P<other>.+)",
        r"\bunterscheide\w* sich (?P<one>.+?) (?:von|und) (?P<other>.+)",
        r"\bentre (?P<one>.+?) (?:et|y) (?P<other>.+)",
    )
)
_TAIL = re.compile(
    r"\s*(?:[,.;:?!？。].*|\b(?:according to|with respect to|regarding|in terms of) .*)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(rf"^{_DETERMINER}", re.IGNORECASE)


def split_questions(question: str) -> tuple[Part, ...]:
    """Return the questions in a text that asks several; none if it asks one.

    A later one that only refers to the first ("how long does it take?") is searched for together with it.
    """
    question = " ".join(question.split())  # long white space would take the pattern its square
    pieces = [piece.strip(" ,;") for piece in _JOINT.split(question) if piece and piece.strip(" ,;?？")]
    asked: list[str] = []
    for piece in pieces:
        if asked and not _BEGINS.search(piece):
            asked[-1] = f"{asked[-1]} {piece}"
        elif asked and _ONLY_ASKS.fullmatch(asked[-1]):
            asked[-1] = f"{asked[-1]} and {piece}"  # "When and where …"
        else:
            asked.append(piece)
    asked = [piece for piece in asked if any(map(str.isalnum, piece))]
    if not 2 <= len(asked) <= MAX_PARTS or not _BEGINS.search(asked[0]) or _SUBORDINATE.match(asked[0]):
        return ()
    return tuple(Part(piece, _query(piece, asked)) for piece in asked)


def _query(piece: str, asked: Sequence[str]) -> str:
    leans = piece is not asked[0] and (needs_conversation(piece) or _EACH.search(piece))
    return f"{asked[0]} {piece}" if leans else piece


def with_subject(parts: Sequence[Part], question: str, query: str) -> tuple[Part, ...]:
    """Return the parts of a follow-up, each searched for with what its query has of the conversation."""
    subject = query.removesuffix(question.strip()).strip()
    if not subject or subject == query:  # it stands alone, or was written anew
        return tuple(parts)
    return tuple(replace(part, query=f"{subject} {part.query}") for part in parts)


def compared_things(question: str) -> tuple[Part, ...]:
    """Return the two things that a question compares, none if it is not clear which."""
    for pattern in _COMPARED:
        if match := pattern.search(question):
            one, other = (_named(match[group]) for group in ("one", "other"))
            if one and other and one.lower() != other.lower():
                # The thing twice, so that the search leans to it; the rest of the question says in what respect.
                return tuple(Part(thing, f"{thing}: {question}") for thing in (one, other))
    return ()


def _named(text: str) -> str:
    return _ARTICLE.sub("", _TAIL.sub("", text.strip())).strip()
