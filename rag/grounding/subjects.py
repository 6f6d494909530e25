"""Tell whether a quote is about what the claim is about, and its figures too."""

import itertools
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rag.grounding.clauses import AUXILIARIES, BE, Word

_ANAPHORS = frozenset("it he she they this these its his her their him them there".split())
_KINDS = frozenset(
    """inc ltd co corp company corporation limited plc group project university college school city county state
    province river lake mount island award awards prize""".split()
)
"""Words that may be left out at a name's end."""


def is_longer_name(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Return True if the claim's subject, of two words or more, is only the beginning of another name in the quote.

    A claim about the "World Cup" is not supported by "The World Cup Committee is …".
    """
    end = next((i for i, word in enumerate(ours) if word.lower in AUXILIARIES | BE or word.is_verb_like), 0)
    if end < 2 or any(word.kind != "name" for word in ours[end - 2 : end]):
        return False
    name = [word.lower for word in ours[end - 2 : end]]
    ends = [i for i in range(1, len(theirs)) if [w.lower for w in theirs[i - 1 : i + 1]] == name]
    return bool(ends) and all(_goes_on(theirs, i) for i in ends)


def has_stray_number(numbers: AbstractSet[str], known: AbstractSet[str], theirs: Sequence[Word]) -> bool:
    """Return True if a figure of the claim is only in sentences of the quote about something else.

    `known` are the claim's names and forms of its predicate; a sentence that refers to another one is about that.
    """
    sentences: dict[int, list[Word]] = {}
    for word in theirs:
        sentences.setdefault(word.sentence, []).append(word)
    if len(sentences) < 2:
        return False
    about = [
        {word.text for word in words if word.kind == "number"}
        for words in sentences.values()
        if any(word.lower in known | _ANAPHORS for word in words) or has_definite(words)
    ]
    all_numbers = {word.text for word in theirs if word.kind == "number"}
    return any(number in all_numbers and not any(number in found for found in about) for number in numbers)


def stands_apart(sentence: Sequence[Word], sides: Sequence[AbstractSet[str]], context: AbstractSet[str]) -> bool:
    """Return True if the predicate's sentence lacks the names of a side of the claim, and what stands for them."""
    present = {word.lower for word in sentence} | context
    refers = any(word.lower in _ANAPHORS for word in sentence) or has_definite(sentence)
    given = [side for side in sides if side]
    absent = [side for side in given if not side & present]
    return bool(absent) and not (refers and len(absent) < max(len(given), 2))


def has_definite(sentence: Sequence[Word]) -> bool:
    """Return True for "the game" and the like, which mean something named before."""
    return any(
        one.lower == "the" and other.kind == "content" and not other.stop_before
        for one, other in itertools.pairwise(sentence)
    )


def _goes_on(words: Sequence[Word], at: int) -> bool:
    if at + 1 >= len(words):
        return False
    following = words[at + 1]
    return following.kind == "name" and not following.stop_before and following.lower not in _KINDS
