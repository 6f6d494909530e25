"""A text as a claim: its content words in order, the facts among them, and what is compared by position."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.grounding.row_cells import Row
from rag.text.normalize import MINUS

_NEIGHBOURS = 2
_LOWERING = (
    r"loss(?:es)?|deficits?|shortfalls?|declin\w*|decreas\w*|fell|fall\w*|drop\w*|down|lower\w*|reduc\w*|shr[aiu]nk\w*"
    r"|\w*verlust\w*|fehlbetr\w*|rückg[aä]ng\w*|sank\w*|sink\w*|gesunken|f(?:iel|ällt)\w*|abnahme|pertes?|déficits?|baiss\w*"
    r"|recul\w*|diminu\w*|pérdidas?|caída|cay\w*|baj[aóo]\w*|descen\w*|disminu\w*|perdit[ae]|calo"
)
_LOWERED = re.compile(
    rf"\b(?:{_LOWERING})(?:\W+(?!\d|(?:to|from|at|auf|à)\b)\w+){{0,4}}?\W+(\d+(?:d\d+)?)(?!\w)"
    rf"|(?<!\w)(\d+(?:d\d+)?)(?:\W+(?!\d)\w+){{0,2}}?\W+"
    rf"(?:below (?:0|zero|freezing)|unter (?:null|0)|sous zéro|bajo cero|{_LOWERING})(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A text as a sequence of content words, with the facts among them that evidence must not contradict.

    `bare` is the sequence without parentheses. `sentences` are those of a text with several, `rows` those of a table.
    `lowered` are numbers that a word beside them makes negative: "a loss of 5 million". `ranges` are the ends and the
    unit of what is measured by a range: "15–20 %".
    """

    sequence: tuple[str, ...]
    bare: tuple[str, ...]
    words: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    agents: frozenset[str]
    asides: frozenset[str]
    negated: frozenset[str]
    negates: bool
    denies: bool
    sentences: tuple["Claim", ...]
    rows: tuple[Row, ...]
    following: frozenset[tuple[str, str]]
    lowered: frozenset[str]
    ranges: frozenset[tuple[str, ...]]

    @property
    def essential(self) -> frozenset[str]:
        """Facts that the evidence must have."""
        return self.numbers | self.names


def lowered_numbers(plain: str) -> frozenset[str]:
    """Return the numbers of a normalised text beside a word that says a loss, a fall or a place below zero."""
    return frozenset(number for match in _LOWERED.finditer(plain) for number in match.groups() if number)


def with_signs_of(claim: Claim, other: Claim) -> Claim:
    """Return a claim whose lowered numbers are negative where the other one's are: a loss of 5 is -5."""
    turned = {number for number in claim.lowered - other.words if number + MINUS in other.words}
    if not turned:
        return claim
    sign = {number: number + MINUS for number in turned}

    def signed(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(sign.get(word, word) for word in words)

    return replace(
        claim,
        sequence=signed(claim.sequence),
        bare=signed(claim.bare),
        words=frozenset(signed(tuple(claim.words))),
        numbers=frozenset(signed(tuple(claim.numbers))),
        sentences=tuple(with_signs_of(sentence, other) for sentence in claim.sentences),
    )


def positions(word: str, sequence: Sequence[str]) -> Iterator[int]:
    """Yield where a word stands in a sequence."""
    return (index for index, other in enumerate(sequence) if other == word)


def neighbours(sequence: Sequence[str], index: int) -> tuple[Sequence[str], Sequence[str]]:
    """Return the words before and behind a place."""
    return sequence[max(index - _NEIGHBOURS, 0) : index], sequence[index + 1 : index + 1 + _NEIGHBOURS]


def agreement(one: tuple[Sequence[str], Sequence[str]], other: tuple[Sequence[str], Sequence[str]]) -> int:
    """Return how many of the words around two words agree, side by side."""
    return sum(len(set(a) & set(b)) for a, b in zip(one, other, strict=True))
