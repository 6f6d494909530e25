"""Words of a statement as premises are compared with it: its names, amounts, years and what it negates (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.grounding.language_rules import ENGLISH
from rag.text.analyzer import words
from rag.text.normalize import normalize
from rag.text.sentences import sentence_spans
from rag.types import Span

_AMOUNT = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?)[ -]+([a-z]{3,})\b")
_FIGURE = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_COMPARED_YEAR = re.compile(
    r"\b(?:over|from|than|since|until|versus|compared (?:to|with)|relative to) (?:fiscal |the year )?"
    r"(?:1[5-9]|20)\d\d\b"
)
"""A year with which another one is compared: what is said did not happen in it."""

_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+|\b[A-Z]{2,}s?\b")
_REFERENCE_MARK = re.compile(r"(?<=[.!?\"”’])(?:\[\d{1,3}\])+(?=\s)")
_NOT_DENIED = re.compile(
    r"\b(?:with or without|not (?:only|until|necessarily|just|yet|least|\w+ until))\b"
    r"|(?:\b(?:not|never)\b|n['’]t\b)[^.;:!?,]{0,80}?"
    r"\b(?:alone|only|solely|exclusively|1 time|again|in person|until|before)\b",
    re.IGNORECASE,
)
"""Negations of something else than what the verb says: who received a prize not alone did receive it."""

_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)
_NEGATED_WORDS = 3


def _stems(text: str) -> frozenset[str]:
    return frozenset(words(text))


RISES = _stems("raise rise rose risen grow grew grown growth increase improve gain expand higher")
FALLS = _stems("decline decrease fall fell fallen drop lower reduce reduction shrink shrank contract")
"""Stems of words that say in which direction something moved."""

PARTS = _stems(
    "segment division region regional area branch department subsidiary market channel category unit territory country "
    "retail wholesale domestic international overseas foreign online export quarter store"
)
"""Stems of words that make a statement one about a part of the thing."""

LIGHT = _stems(
    "manage happen become get have make take come able need want try succeed first last only still also year"
)
"""Stems of words without which a premise says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWords:
    """The words of a statement.

    `stems` are its words in order, `amounts` numbers with the stem of the word after them, `figures` all numbers,
    `compared` years that it only compares with, and `negated` the words that follow a negation. `has_pronoun` if it
    speaks of somebody without a name.
    """

    stems: tuple[str, ...]
    names: frozenset[str]
    amounts: frozenset[tuple[str, str]]
    figures: frozenset[str]
    years: frozenset[str]
    compared: frozenset[str]
    negated: frozenset[str]
    has_pronoun: bool

    @property
    def words(self) -> frozenset[str]:
        """The stems, in no order."""
        return frozenset(self.stems)


def read_words(text: str) -> StatementWords:
    """Return the words of a text."""
    plain = normalize(" ".join(text.split()))
    own = _COMPARED_YEAR.sub(" ", plain)
    return StatementWords(
        stems=tuple(words(own)),
        names=frozenset(words(" ".join(_NAME.findall(plain)))),
        amounts=frozenset(
            (match[1], stem)
            for match in _AMOUNT.finditer(plain)
            for stem in words(match[2])
            if not _YEAR.fullmatch(match[1])
        ),
        figures=frozenset(_FIGURE.findall(plain)),
        years=frozenset(_YEAR.findall(own)),
        compared=frozenset(year for match in _COMPARED_YEAR.finditer(plain) for year in _YEAR.findall(match[0])),
        negated=frozenset(_negated(_NOT_DENIED.sub(" ", plain))),
        has_pronoun=bool(_PRONOUN.search(plain)),
    )


def statements(text: str) -> Iterator[Span]:
    """Yield the sentences of a text, those that end in a reference mark ("[12]") apart."""
    for span in sentence_spans(text):
        begin = span.start
        for mark in _REFERENCE_MARK.finditer(text, span.start, span.end):
            yield Span(begin, mark.start())
            begin = mark.end() + 1
        yield Span(begin, span.end)


def _negated(text: str) -> Iterator[str]:
    for match in ENGLISH.negation.finditer(text):
        clause = re.split(r"[.;:!?]", text[match.end() :], maxsplit=1)[0]
        yield from words(clause)[:_NEGATED_WORDS]
