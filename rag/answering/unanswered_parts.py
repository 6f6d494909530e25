"""Find the parts of a question that its answer says nothing about.

Nothing is better than a false alarm here: a part counts as unanswered only if neither the answer nor its quotes have a
content word of it, and no clause is left that might answer it in other words.
"""

import re
from collections.abc import Iterator, Sequence

from rag.text.analyzer import content_text, words
from rag.types import Part, Plan, Sentence

_CLAUSE = re.compile(
    r"[,;:，；：、。()]\s*|[.!?]\s+|\s+(?:and|und|et|y|e|sowie|but|aber|mais|pero|while|which)\s+", re.IGNORECASE
)


def unanswered_parts(plan: Plan, sentences: Sequence[Sentence]) -> tuple[Part, ...]:
    """Return the parts of a question of several that stay unanswered; none if all or no answer is."""
    if plan.kind != "parts":
        return ()
    asked = [(part, _content(part.text, plan.language)) for part in plan.parts]
    said = frozenset(stem for sentence in sentences for stem in _stems(sentence, plan.language))
    unanswered = tuple(part for part, stems in asked if stems and not stems & said)
    answered = frozenset[str]().union(*(stems for part, stems in asked if part not in unanswered))
    if not answered or any(not clause & answered for clause in _clauses(sentences, plan.language)):
        return ()
    return unanswered


def _content(text: str, language: str) -> frozenset[str]:
    return frozenset(words(content_text(text, language), language))


def _stems(sentence: Sentence, language: str) -> Iterator[str]:
    for text in (sentence.text, sentence.translation, *(citation.quote for citation in sentence.citations)):
        yield from words(text, language)


def _clauses(sentences: Sequence[Sentence], language: str) -> Iterator[frozenset[str]]:
    """Yield the stems of each clause that says something."""
    for sentence in sentences:
        for clause in _CLAUSE.split(sentence.text):
            if stems := _content(clause, language):
                yield stems
