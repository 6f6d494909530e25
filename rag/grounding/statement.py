"""Find what a sentence states: its predicate, what stands before and after it, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.grounding.clauses import AUXILIARIES, BE, MODALS, Reading, Word

_ADVERBS = frozenset(
    "not also first currently originally later officially once still never ever then just both".split()
)
_ARTICLES = frozenset("a an the its his her their".split())
_OF = frozenset("of in for at to from on with by as that who which and".split())
_UNSURE = MODALS - {"must", "ought", "can"}
_FACTUAL_WOULD = frozenset("later eventually subsequently soon again go become remain have".split())
BELIEFS = frozenset(
    """
    believe believes believed think thinks thought claim claims claimed allege alleges alleged suspect suspects
    suspected speculate speculates speculated imagine imagines imagined hope hopes hoped wish wishes wished dream
    dreams dreamed doubt doubts doubted assume assumes assumed fear fears feared want wants wanted predict
    predicts predicted rumour rumours rumoured rumor rumors rumored reportedly allegedly supposedly purportedly
    possibly perhaps maybe probably likely hypothetical hypothetically
""".split()
)
_INTENTIONS = frozenset(
    """
    expected likely rumoured rumored hopes hoped hoping wants wanted plans planned planning tried tries trying
    attempted attempts attempting intended intends proposed considered offered asked supposed threatened nearly
    almost
""".split()
)
"""Words before "to" or a verb that leave open whether it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence's predicate at `at` (words of one relation), the names before and after it, and its voice.

    `of` are the names and content words of what the predicate, a role, is "of".
    """

    predicate: tuple[str, ...]
    subject: frozenset[str]
    object: frozenset[str]
    of: frozenset[str]
    at: int
    is_role: bool
    is_passive: bool


def find_statement(reading: Reading) -> Statement | None:
    """Return what the first sentence states; None if it has no verb that can be told by its form."""
    words = [word for word in reading.words if word.sentence == 0]
    at = next((i for i, word in enumerate(words) if i and (word.lower in AUXILIARIES | BE or word.is_verb_like)), None)
    if at is None:
        article = next((i for i, word in enumerate(words) if i and word.lower in ("the", "a", "an")), 0)
        found = _with_role(words, article, article) if article and words[article - 1].kind == "name" else None
        return found if found and found.of else None
    if words[at].lower not in AUXILIARIES | BE:
        return _with_verb(words, at, passive=False)
    after = at
    while after + 1 < len(words) and _is_light(words[after + 1]):
        after += 1
    following = words[after + 1] if after + 1 < len(words) else None
    if following is not None and following.is_verb_like and not following.stop_before:
        return _with_verb(words, after + 1, passive=words[after].lower in BE or words[at].lower in BE)
    if words[at].lower in BE:
        return _with_role(words, at, after + 1)
    return None


def _is_light(word: Word) -> bool:
    return word.lower in AUXILIARIES | BE | MODALS | _ADVERBS or (word.kind == "content" and word.lower.endswith("ly"))


def _with_verb(words: Sequence[Word], at: int, *, passive: bool) -> Statement:
    return Statement(
        predicate=(words[at].lower,),
        subject=_names(words[:at]),
        object=_names(words[at + 1 :]),
        of=frozenset(),
        at=at,
        is_role=False,
        is_passive=passive,
    )


def _with_role(words: Sequence[Word], at: int, start: int) -> Statement | None:
    """Return a copula's statement: "X is the director of Y", "The director of Y is X"."""
    before, after = words[:at], words[start:]
    role = _head(after) if after and after[0].lower in _ARTICLES else None
    side, holder = (after, before) if role is not None else (before, after)
    if role is None:
        role = _head(before)
        if role is None or not before or before[0].lower not in _ARTICLES or not after or after[0].kind != "name":
            return None
    index = side.index(role)
    return Statement(
        predicate=(role.lower,),
        subject=_names(holder),
        object=_names(side),
        of=_of(side[index + 1 :]),
        at=index if side is before else start + index,
        is_role=True,
        is_passive=False,
    )


def _head(phrase: Sequence[Word]) -> Word | None:
    """Return the last word of the noun phrase that an article begins: before a preposition, comma or number."""
    head = None
    for index, word in enumerate(phrase):
        if index and (word.lower in _OF or word.stop_before or word.kind == "number"):
            break
        if word.kind in ("content", "name"):
            head = word
    return head


def _of(after: Sequence[Word]) -> frozenset[str]:
    if not after or after[0].lower != "of":
        return frozenset()
    return _names(phrase_after(after, 0))


def phrase_after(words: Sequence[Word], at: int) -> list[Word]:
    """Return the words of the noun phrase after a preposition."""
    found: list[Word] = []
    for word in words[at + 1 :]:
        if word.stop_before or word.lower in _OF or word.is_verb_like or word.lower in AUXILIARIES:
            break
        found.append(word)
    return found


def _names(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.lower for word in words if word.kind == "name")


def is_unsure(words: Sequence[Word], at: int) -> bool:
    """Return True if the word at this place is only possible, wanted, believed or asked about, in its sentence."""
    own = words[at]
    for index in range(at - 1, -1, -1):
        word = words[index]
        if word.sentence != own.sentence:
            break
        near = at - index
        if near <= 4 and word.lower in _UNSURE and word.clause == own.clause:
            following = words[index + 1].lower
            if not (word.lower == "would" and following in _FACTUAL_WOULD) and word.text != "May":
                return True
        if near <= 3 and word.lower in _INTENTIONS and word.clause == own.clause and _leads_to(words, index, at):
            return True
        if word.lower in BELIEFS and (near <= 2 or _has_complement(words, index, own)):
            return True
        if word.lower in ("if", "whether") and own.clause == word.clause:
            return True
    return False


def is_only_possible(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Return True if a word of ours follows "may", "could" or "would" wherever theirs have it, and not in ours."""
    possible = {
        word.lower for index, word in enumerate(theirs) if word.kind == "content" and _follows_modal(theirs, index)
    }
    certain = {word.lower for index, word in enumerate(theirs) if not _follows_modal(theirs, index)}
    return any(word.lower in possible - certain and not _follows_modal(ours, index) for index, word in enumerate(ours))


def _follows_modal(words: Sequence[Word], at: int) -> bool:
    """Return True for "may be told", "would later tell": only auxiliaries and adverbs are between."""
    index = at - 1
    while index >= 0 and not words[index + 1].stop_before and words[index].sentence == words[at].sentence:
        word = words[index]
        if word.lower in _UNSURE:
            following = words[index + 1].lower if index + 1 < at else ""
            return not (word.lower == "would" and following in _FACTUAL_WOULD) and word.text != "May"
        if not _is_light(word):
            return False
        index -= 1
    return False


def _leads_to(words: Sequence[Word], index: int, at: int) -> bool:
    between = [word.lower for word in words[index + 1 : at]]
    return not between or "to" in between


def _has_complement(words: Sequence[Word], index: int, own: Word) -> bool:
    """Return True if "that" or a name begins a clause directly after a verb of belief, and the word is in it."""
    following = words[index + 1] if index + 1 < len(words) else own
    return following.sentence == own.sentence and (
        (following.lower == "that" and own.clause == following.clause)
        or (following.kind == "name" and own.clause == following.clause and not following.stop_before)
    )
