"""Find the statement of the passages that denies a premise (pure; English).

Three ways to deny are told apart, each where the statement has most of the premise's other words: another number of
the same unit ("one year" for "two years"), the opposite direction of the same thing ("sales declined" for "raise
sales"), and a negation of a word that the premise rests on ("without scoring" for "his first goal"). Where as many
statements affirm as deny it, they are about something else, and nothing is corrected.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rag.grounding.evidence import Candidate
from rag.grounding.premises.stated_premises import Premise
from rag.grounding.premises.statement_words import FALLS, LIGHT, PARTS, RISES, StatementWords, read_words, statements
from rag.text.document_names import context_lines
from rag.types import Passage

_NEAR = 2
"""Words between a thing and its rise or fall."""

_NEAR_PARTS = 4
"""Words from a rise or fall within which a part is named."""

_MIN_SHARE, _MIN_DIRECTION_SHARE = 0.6, 0.75
"""Share of a premise's words that a statement needs; more where nothing tells apart what moved but they."""

_MIN_NAMES = 2
_MONTHS = read_words("in January February March April May June July August September October November December").words
_MIN_CHARACTERS, _MAX_CHARACTERS = 20, 400


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How much of a premise a statement has that denies or affirms it; neither where both are 0."""

    denies: float = 0.0
    affirms: float = 0.0


_Way = Callable[[StatementWords, StatementWords, AbstractSet[str]], _Verdict]


def find_denial(premise: Premise, passages: Sequence[Passage]) -> Candidate | None:
    """Return the statement of the passages that denies a premise; None if none does, or as many affirm it."""
    claim = read_words(premise.text)
    if premise.is_negated or claim.negated:
        return None
    read = list(_read(claim, passages))
    ways: list[_Way] = [_by_amount, _by_direction, _by_negation] if premise.is_stated else [_by_negation]
    for way in ways:
        verdicts = [(way(claim, said, around), candidate) for candidate, said, around in read]
        denials = [(verdict.denies, candidate) for verdict, candidate in verdicts if verdict.denies]
        if len(denials) > sum(verdict.affirms > 0 for verdict, _ in verdicts):
            says_how_much = way is _by_direction
            return max(denials, key=lambda each: _rank(*each, says_how_much=says_how_much))[1]
    return None


def _rank(share: float, statement: Candidate, *, says_how_much: bool) -> tuple[float, bool, int]:
    """Return the rank of a denial: by its share, then if it says how much something moved, then if it is short."""
    said = read_words(statement.text)
    has_figure = says_how_much and bool(said.figures - said.years - said.compared)
    return share, has_figure, -len(statement.text)


def _read(
    claim: StatementWords, passages: Sequence[Passage]
) -> Iterator[tuple[Candidate, StatementWords, frozenset[str]]]:
    """Yield each statement with its words and those of its headings, from passages that have the claim's names."""
    for number, passage in enumerate(passages, start=1):
        text = passage.chunk.text
        around = read_words("\n".join(filter(None, context_lines(passage.chunk)))).words
        if not claim.names <= read_words(text).words | around:
            continue
        for span in statements(text):
            piece = text[span.start : span.end]
            if _MIN_CHARACTERS <= len(piece) <= _MAX_CHARACTERS and not piece.endswith("?"):
                yield Candidate(number, passage, span, 0.0, 0.0), read_words(piece), around


def _by_amount(claim: StatementWords, said: StatementWords, around: AbstractSet[str]) -> _Verdict:
    for number, unit in claim.amounts:
        theirs = {other for other, of in said.amounts if of == unit}
        others = claim.words - {number, unit}
        if theirs and len(others & said.words) >= _NEAR:
            share = _share(others, claim, said, around)
            return _Verdict(affirms=share) if number in theirs else _Verdict(denies=share)
    return _Verdict()


def _by_direction(claim: StatementWords, said: StatementWords, around: AbstractSet[str]) -> _Verdict:
    """Judge by the direction in which the same thing moved in the same years."""
    if not claim.years <= (said.words | around) - said.compared:
        return _Verdict()
    for ours, theirs in ((RISES, FALLS), (FALLS, RISES)):
        moved = _beside(claim.stems, ours) - RISES - FALLS - LIGHT - claim.years
        if not moved or claim.words & theirs:
            continue
        share = _share(claim.words - ours, claim, said, around, _MIN_DIRECTION_SHARE)
        if moved & _beside(said.stems, ours):
            return _Verdict(affirms=share)
        if moved & _beside(said.stems, theirs) and not _is_about_a_part(claim, said, around, moved, theirs):
            return _Verdict(denies=share)
    return _Verdict()


def _is_about_a_part(
    claim: StatementWords,
    said: StatementWords,
    around: AbstractSet[str],
    moved: AbstractSet[str],
    direction: AbstractSet[str],
) -> bool:
    """Return True if a statement says what moved of a part of the thing only: a segment, a place, another's.

    That tells nothing of the whole. Between the thing and its fall stands no other word than an adverb.
    """
    known = claim.words | around | LIGHT | moved | direction
    near = {stem for stem in _neighbours(said.stems, direction, _NEAR_PARTS) if stem not in known}
    between = set[str]()
    for at in (at for at, stem in enumerate(said.stems) if stem in direction):
        before = max((i for i in range(max(0, at - _NEAR), at) if said.stems[i] in moved), default=at)
        between |= {stem for stem in said.stems[before + 1 : at] if stem not in known and not stem.endswith("li")}
    return bool(near & (PARTS | said.names - _MONTHS) or between - said.years)


def _by_negation(claim: StatementWords, said: StatementWords, around: AbstractSet[str]) -> _Verdict:
    """Judge by a negated word, in a statement that itself has names of the premise, a pronoun in place of one."""
    named = len(claim.names & said.words) + said.has_pronoun
    if not claim.names & said.words or named < _MIN_NAMES:
        return _Verdict()
    own = claim.words - claim.names - claim.years - LIGHT
    share = _share(claim.words, claim, said, around)
    if own & said.negated:
        return _Verdict(denies=share)
    is_affirmed = len(own & said.words) > len(own) / 2 and claim.names <= said.words | around and not said.negated
    return _Verdict(affirms=share) if is_affirmed else _Verdict()


def _share(
    words: AbstractSet[str],
    claim: StatementWords,
    said: StatementWords,
    around: AbstractSet[str],
    least: float = _MIN_SHARE,
) -> float:
    """Return the share of these words that a statement has; 0 if it is small. The names may be in its passage."""
    needed = words - LIGHT
    found = needed & (said.words | around | claim.names)
    share = len(found) / len(needed) if needed else 0.0
    return share if share >= least else 0.0


def _beside(stems: Sequence[str], among: AbstractSet[str]) -> frozenset[str]:
    """Return the stems near those that are `among` these."""
    return frozenset(_neighbours(stems, among))


def _neighbours(stems: Sequence[str], among: AbstractSet[str], reach: int = _NEAR) -> Iterator[str]:
    for at, stem in enumerate(stems):
        if stem in among:
            yield from stems[max(0, at - reach) : at + reach + 1]
