"""Check that a quote states what a claim states, and not only has its words: who, what, in which role, how surely.

English only, by rule, in well under a millisecond. It is asked about quotes that have the claim's words already. Where
the claim's grammar is not plain, there is no objection: words alone decide.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

from rag.grounding.clauses import AUXILIARIES, Reading, Word, read_clauses
from rag.grounding.lexical_scorer import POSSESSIVE
from rag.grounding.predicates import is_same_relation, is_same_word
from rag.grounding.replaced_names import find_slots, has_other_title, takes_place_of_another
from rag.grounding.role_holders import is_held_by_another, is_reversed
from rag.grounding.statement import Statement, find_statement, is_only_possible, is_unsure, phrase_after
from rag.grounding.subjects import has_stray_number, is_longer_name, stands_apart
from rag.text.normalize import normalize

Flaw = Literal[
    "",
    "question",
    "dateline",
    "predicate",
    "unsure",
    "status",
    "of",
    "holder",
    "reversed",
    "apart",
    "slot",
    "longer",
    "stray",
    "title",
]
"""Why a quote does not state a claim; "" if nothing is wrong."""

_CACHED = 512
_MOST = 0.5
_DATELINE = re.compile(
    r"(?:^\W*|(?<=[.!?…] ))"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.?,? \d{4}|\d{4}-\d\d-\d\d|"
    r"\d{1,3} (?:minutes|hours|days|weeks|months|years) ago)(?: - [A-Z]\w+)?\s*(?:\.{2,}|…|[|·•])\s*"
)
_NUMBER = re.compile(r"\d+(?:d\d+)?")
_STATUS = frozenset(
    "former outgoing acting interim deputy vice assistant ex co future next incoming honorary aspiring would-be "
    "alleged potential possible prospective nominated runner-up onetime one-time".split()
)
_QUESTION_STARTS = frozenset("who whom whose which what when where why how".split())


class RelationCheck:
    """Find flaws of quotes. `is_starter` tells words that are capitalised at a sentence's start without being names."""

    def __init__(self, is_starter: Callable[[str], bool]) -> None:
        self._is_starter = is_starter
        self._read = lru_cache(_CACHED)(self._reading)

    def flaw(self, claim: str, quote: str, context: str = "") -> Flaw:
        """Return why the quote does not state the claim; `context` are the headings above the quote."""
        ours = self._read(claim)
        if not ours.words or ours.questions or ours.words[0].lower in _QUESTION_STARTS:
            return ""
        stated = _DATELINE.sub("", quote)
        if stated != quote and _numbers(claim) - _numbers(stated) - _numbers(context):
            return "dateline"
        theirs = self._read(stated)
        if takes_place_of_another(find_slots(ours.words), find_slots(theirs.words)):
            return "slot"
        if is_longer_name(ours.words, theirs.words):
            return "longer"
        if has_other_title(ours.words, theirs.words):
            return "title"
        if is_only_possible(ours.words, theirs.words):
            return "unsure"
        statement = find_statement(ours)
        if statement is None or not theirs.words:
            return ""
        return _flaw(statement, ours, theirs, self._read(context))

    def _reading(self, text: str) -> Reading:
        return read_clauses(POSSESSIVE.sub("", normalize(text)), self._is_starter)


def _flaw(statement: Statement, ours: Reading, theirs: Reading, context: Reading) -> Flaw:
    own_unsure = _is_hedged(statement, ours)
    places = [i for i, w in enumerate(theirs.words) if _names_predicate(w, statement)]
    if not places:
        return "" if _is_paraphrased(statement, ours, theirs) else "predicate"
    verbatim = _is_verbatim(ours, theirs)
    known = statement.subject | statement.object | {theirs.words[place].lower for place in places}
    if not verbatim and has_stray_number({w.text for w in ours.words if w.kind == "number"}, known, theirs.words):
        return "stray"
    flaws = [
        _unstated(place, theirs, hedged=own_unsure)
        or ("" if verbatim else _flaw_at(place, statement, ours, theirs, context))
        for place in places
    ]
    if "" in flaws:
        return ""
    return flaws[0]


def _is_paraphrased(statement: Statement, ours: Reading, theirs: Reading) -> bool:
    """Return True if the quote has most of the claim's other words: it may state the same with another verb.

    Where only the names and numbers are in both, nothing tells that it is the same relation.
    """
    known = {word.lower for word in theirs.words}
    others = {word.lower for word in ours.words if word.kind == "content"} - set(statement.predicate)
    found = sum(any(is_same_word(word, other) for other in known) for word in others)
    return found > len(others) * _MOST


def _names_predicate(word: Word, statement: Statement) -> bool:
    if word.kind == "number":
        return False
    parts = [word.lower, *word.lower.split("-")]
    return any(is_same_relation(predicate, part) for predicate in statement.predicate for part in parts)


def _is_hedged(statement: Statement, ours: Reading) -> bool:
    places = [i for i, word in enumerate(ours.words) if _names_predicate(word, statement)]
    return any(is_unsure(ours.words, place) for place in places)


def _is_verbatim(ours: Reading, theirs: Reading) -> bool:
    return f" {' '.join(w.lower for w in ours.words)} " in f" {' '.join(w.lower for w in theirs.words)} "


def _unstated(at: int, theirs: Reading, *, hedged: bool) -> Flaw:
    """Return why the quote leaves open whether it is so."""
    if theirs.words[at].sentence in theirs.questions:
        return "question"
    return "unsure" if not hedged and is_unsure(theirs.words, at) else ""


def _flaw_at(at: int, statement: Statement, ours: Reading, theirs: Reading, context: Reading) -> Flaw:
    """Return why the predicate at this place of the quote is another statement than the claim's."""
    words = theirs.words
    if statement.is_role and _statuses(words, at) - _statuses(ours.words, statement.at):
        return "status"
    if statement.is_role and _is_of_another(words, at, statement):
        return "of"
    if is_held_by_another(words, at, statement):
        return "holder"
    if not statement.is_role and words[at].is_verb_like and is_reversed(ours.words, statement.at, words, at):
        return "reversed"
    if _stands_apart(words, at, statement, context) or _is_title_only(words, at, statement):
        return "apart"
    return ""


def _statuses(words: Sequence[Word], at: int) -> set[str]:
    """Return the words before a role that say it is not held, or not fully: "former", "deputy"."""
    return {word.lower for word in words[max(at - 2, 0) : at] if word.sentence == words[at].sentence} & _STATUS


def _is_of_another(words: Sequence[Word], at: int, statement: Statement) -> bool:
    """Return True for "the director of music videos" where the claim has "the director of Titanic"."""
    if not statement.of or at + 1 >= len(words) or words[at + 1].lower != "of" or words[at + 1].stop_before:
        return False
    phrase = {word.lower for word in phrase_after(words, at + 1)}
    return bool(phrase) and not phrase & statement.of


def _stands_apart(words: Sequence[Word], at: int, statement: Statement, context: Reading) -> bool:
    sentence = [word for word in words if word.sentence == words[at].sentence]
    above = {word.lower for word in context.words}
    return stands_apart(sentence, (statement.subject, statement.object), above)


def _is_title_only(words: Sequence[Word], at: int, statement: Statement) -> bool:
    """Return True for "Director Kubrick believed that The Godfather …": the object is in another statement about him.

    A role before its holder's name says nothing of what follows the next verb.
    """
    holder, thing = (
        (statement.subject, statement.object) if not statement.is_passive else (statement.object, statement.subject)
    )
    after = at + 1
    if words[at].is_verb_like or after >= len(words) or words[after].lower not in holder or words[after].stop_before:
        return False
    rest = [word for word in words[after:] if word.sentence == words[at].sentence]
    earlier = {word.lower for word in words[:at]}
    verb = next((i for i, word in enumerate(rest) if word.is_verb_like or word.lower in AUXILIARIES), len(rest))
    direct = {word.lower for word in rest[:verb]}
    return bool(thing) and not thing & (earlier | direct) and bool(thing & {word.lower for word in rest[verb:]})


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(normalize(text)))
