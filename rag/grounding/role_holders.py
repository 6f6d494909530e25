"""Tell who holds a role, and who does what to whom, in a quote: by word order, "by" and "of"."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rag.grounding.clauses import BE, Word
from rag.grounding.statement import Statement, phrase_after

_MAX_STEPS = 6
_PREPOSITIONS = frozenset(
    "in on at from for with by during after before until since to as against over into under".split()
)
_LINKS = BE | frozenset("the a an as its his her their new current then also named called".split())


def is_held_by_another(words: Sequence[Word], at: int, statement: Statement) -> bool:
    """Return True if the quote names the holder of a role, and it is not the claim's."""
    if not statement.is_role or not statement.subject:
        return False
    holders = _names_after(words, at) | _name_before(words, at)
    return bool(holders - statement.object) and not holders & statement.subject


def is_reversed(ours: Sequence[Word], own: int, words: Sequence[Word], at: int) -> bool:
    """Return True if who does it in the claim is whom it is done to in the quote, or the other way round."""
    agent, patient = _sides(ours, own)
    their_agent, their_patient = _sides(words, at)
    return _has_changed_side(agent, their_agent, their_patient) or _has_changed_side(
        patient, their_patient, their_agent
    )


def _has_changed_side(name: AbstractSet[str], same: AbstractSet[str], other: AbstractSet[str]) -> bool:
    return bool(name & other and same and not name & same)


def _sides(words: Sequence[Word], at: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of who does what the verb says, and of whom it is done to, as far as word order tells."""
    before, after, agents = _nearest_before(words, at), _objects_after(words, at), _agents(words, at)
    if agents or (at and words[at - 1].lower in BE):
        return agents, before
    return before, after


def _nearest_before(words: Sequence[Word], at: int) -> frozenset[str]:
    """Return the nearest name before a verb; none beyond a preposition, in "the father of Jane Doe won"."""
    names: list[str] = []
    for word in reversed(words[:at]):
        if word.sentence != words[at].sentence or (names and word.kind != "name"):
            break
        names += [word.lower] if word.kind == "name" else []
    return frozenset(names)


def _objects_after(words: Sequence[Word], at: int) -> frozenset[str]:
    names: list[str] = []
    for word in words[at + 1 :]:
        ends = word.clause != words[at].clause or word.lower in _PREPOSITIONS or word.is_verb_like
        if word.sentence != words[at].sentence or ends or (names and word.stop_before):
            break
        names += [word.lower] if word.kind == "name" else []
    return frozenset(names)


def _agents(words: Sequence[Word], at: int) -> frozenset[str]:
    """Return the names after the first "by" of a verb's clause."""
    for index in range(at + 1, min(len(words), at + _MAX_STEPS)):
        if words[index].sentence != words[at].sentence or words[index].is_verb_like:
            break
        if words[index].lower == "by":
            return frozenset(word.lower for word in phrase_after(words, index) if word.kind == "name")
    return frozenset()


def _names_after(words: Sequence[Word], at: int) -> frozenset[str]:
    """Return the name directly after a role ("Director Jane Doe"), or after "of" and what follows it."""
    index = at + 1
    if index < len(words) and words[index].lower == "of" and not words[index].stop_before:
        index += 1 + len(phrase_after(words, index))
    names: list[str] = []
    while index < len(words) and words[index].kind == "name" and words[index].sentence == words[at].sentence:
        if names and words[index].stop_before:
            break
        names.append(words[index].lower)
        index += 1
    if not names and index < len(words) and words[index].lower in BE and not words[index].stop_before:
        names = [word.lower for word in phrase_after(words, index) if word.kind == "name"]
    return frozenset(names)


def _name_before(words: Sequence[Word], at: int) -> frozenset[str]:
    """Return the name that a role is said of before it: "Jane Doe, the director", "Jane Doe is the director"."""
    names: list[str] = []
    for word in reversed(words[max(at - _MAX_STEPS, 0) : at]):
        if word.sentence != words[at].sentence or (word.is_verb_like and word.lower not in _LINKS):
            break
        if word.kind == "name":
            names.append(word.lower)
        elif names or (word.kind == "function" and word.lower not in _LINKS):
            break
    return frozenset(names)
