"""Find names that a claim has put where the quote has another one: the words around a name are its slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.grounding.clauses import Word
from rag.grounding.predicates import is_same_relation

_AROUND = 2
_NEAR = 4
_MIN_RIVAL = 3
_MIN_LEAD = 2
_ROLE_ENDINGS = (
    "er",
    "or",
    "ist",
    "ian",
    "man",
    "men",
    "ess",
    "eur",
    "ant",
    "ent",
    "ary",
    "ers",
    "ors",
    "ists",
    "ians",
)
_NO_ROLES = frozenset(
    "other former later earlier older younger larger smaller greater lesser inner outer upper lower under over after "
    "never ever however whether major minor prior senior junior superior interior different recent ancient current "
    "present important independent frequent apparent subsequent significant constant distant dominant giant modern "
    "military necessary primary ordinary extraordinary temporary contemporary secondary less unless process business "
    "winter summer river water number letter chapter order power paper center tower century italian".split()
)
_ROLES = frozenset(
    "king queen prince duke earl count pope saint chief coach judge poet pilot nurse cook wife husband son daughter "
    "brother aunt uncle cousin friend general colonel major captain guard star critic monk nun mayor host guest".split()
)
_EDGE = "\0"


@dataclass(frozen=True, slots=True)
class Slot:
    """A name of one or more words, and the words before and after it, nearest first; an edge of the sentence is one."""

    name: frozenset[str]
    before: tuple[str, ...]
    after: tuple[str, ...]


def find_slots(words: Sequence[Word]) -> list[Slot]:
    """Return the slots of the names in a text."""
    found = []
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and words[end].kind == "name" and not (end > start and words[end].stop_before):
            end += 1
        if end > start:
            found.append(_slot(words, start, end))
        start = max(end, start + 1)
    return found


def takes_place_of_another(ours: Sequence[Slot], theirs: Sequence[Slot]) -> bool:
    """Return True if a name of ours stands between the words of another name of theirs, and not between its own."""
    return any(_is_displaced(slot, ours, theirs) for slot in ours)


def has_other_title(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Return True for "emperor Justinian" where the quote has "historian Justinian", and no emperor near him."""
    theirs_before = _titles(theirs)
    said = {word.lower for word in ours}
    for name, titles in _titles(ours).items():
        others = theirs_before.get(name, frozenset()) - said
        known = _near(name, theirs)
        new = [title for title in titles if not any(is_same_relation(title, word) for word in known)]
        if new and others and not theirs_before[name] & said:
            return True
    return False


def _near(name: str, words: Sequence[Word]) -> set[str]:
    places = (index for index, word in enumerate(words) if word.lower == name)
    return {word.lower for at in places for word in words[max(at - _NEAR, 0) : at + _NEAR + 1]}


def _titles(words: Sequence[Word]) -> dict[str, frozenset[str]]:
    """Return the words directly before each name that could be titles."""
    found: dict[str, frozenset[str]] = {}
    for one, name in pairwise(words):
        if _is_title(one) and name.kind == "name" and not name.stop_before:
            found[name.lower] = found.get(name.lower, frozenset()) | {one.lower}
    return found


def _is_title(word: Word) -> bool:
    """Return True for a noun that can name a person's role: "many", "famous" and "former" are none."""
    ends = word.lower.endswith(_ROLE_ENDINGS) and word.lower not in _NO_ROLES
    return word.kind == "content" and not word.is_verb_like and (ends or word.lower in _ROLES)


def _is_displaced(slot: Slot, ours: Sequence[Slot], theirs: Sequence[Slot]) -> bool:
    own = max((sum(_agreement(slot, other)) for other in theirs if slot.name & other.name), default=None)
    if own is None:
        return False  # what the quote does not name is in no other place there
    rivals = [_agreement(slot, other) for other in theirs if not slot.name & other.name and other not in ours]
    rival = max((sum(sides) for sides in rivals if all(sides)), default=0)
    return rival >= _MIN_RIVAL and rival - own >= _MIN_LEAD


def _slot(words: Sequence[Word], start: int, end: int) -> Slot:
    sentence = words[start].sentence
    before = [word.lower for word in reversed(words[max(start - _AROUND, 0) : start]) if word.sentence == sentence]
    after = [word.lower for word in words[end : end + _AROUND] if word.sentence == sentence]
    # "University of the …" may begin anything; "X was …" begins a sentence.
    before += [_EDGE] if len(before) < _AROUND and after[:1] not in (["of"], ["and"]) else []
    after += [_EDGE] if len(after) < _AROUND and before[:1] != ["of"] else []
    return Slot(frozenset(word.lower for word in words[start:end]), tuple(before), tuple(after))


def _agreement(one: Slot, other: Slot) -> tuple[int, int]:
    """Return how many words before and after two names agree, counted outwards from the name."""
    return _common(one.before, other.before), _common(one.after, other.after)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
