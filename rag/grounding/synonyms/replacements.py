"""Find words of a sentence that stand where its evidence has another word (pure)."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rag.text.normalize import normalize
from rag.types import Span

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """Where a word stands in the sentence, and where the other one stands in the text."""

    ours: Span
    theirs: Span


def find_replacements(sentence: str, text: str, analyze: Callable[[str], list[str]]) -> list[Replacement]:
    """Return each content word that only one of the two has, between neighbours that both have.

    "The army has a *weak* general." and "The army has a *strong* general." have one replacement.
    """
    ours, theirs = _words(sentence), _words(text)
    positions: dict[str, list[int]] = defaultdict(list)
    for index, (word, _) in enumerate(theirs):
        positions[word].append(index)
    found = [
        (index, at)
        for index, (word, _) in enumerate(ours)
        if word not in positions
        for at in _between(ours, index, positions)
    ]
    if not found:
        return []
    own, known = (frozenset(analyze(normalize(each))) for each in (sentence, text))
    return [
        Replacement(ours[index][1], theirs[at][1])
        for index, at in found
        if _is_alone(ours[index][0], known, analyze) and _is_alone(theirs[at][0], own, analyze)
    ]


def _words(text: str) -> list[tuple[str, Span]]:
    return [(match[0].lower(), Span(*match.span())) for match in _WORD.finditer(text)]


def _is_alone(word: str, others: AbstractSet[str], analyze: Callable[[str], list[str]]) -> bool:
    """Return True if a content word is not among the other text's words, in any form."""
    stems = frozenset(analyze(normalize(word)))
    return bool(stems) and not stems <= others


def _between(words: Sequence[tuple[str, Span]], index: int, positions: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the positions in the text that have the same neighbours on both sides as this word."""
    if not 0 < index < len(words) - 1:
        return []
    after = {at - 1 for at in positions.get(words[index + 1][0], ())}
    return [at + 1 for at in positions.get(words[index - 1][0], ()) if at + 1 in after]
