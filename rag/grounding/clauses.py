"""Read a text as words in clauses, for the relation check: English, by punctuation and function words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rag.grounding.predicates import is_irregular_form

Kind = Literal["name", "number", "function", "content"]

_TOKEN = re.compile(r"[^\W\d_][\w’'&]*(?:-\w+)*|\d[\w.,/:-]*\w|\d|\.{2,}|[^\w\s]")
_WORD = re.compile(r"\w")
_SENTENCE_ENDS = frozenset([".", "!", "?", "…", "..", "..."])
_QUOTES = frozenset("'’‘\"“”")
_QUESTION_MARKS = frozenset("?？")
_BREAKS = frozenset([";", ":", "|", "•", "·", "—", "–", "\N{HYPHEN BULLET}"])
_SUBORDINATORS = frozenset(
    "that who whom whose which where when while because although though but whereas if after before".split()
)
_ABBREVIATIONS = frozenset("mr mrs ms dr prof sr jr st vs etc inc ltd co corp no u s a m p".split())

FUNCTION = frozenset(
    """
    a an the of in on at to from by for with and or as into onto over under about between during since until than
    so this that these those it its he his she her they their them him we our you your i my who whom whose which
    what when where why how while because although though but whereas if unless after before not no also only just
    both either there here then now up out off down
""".split()
)
AUXILIARIES = frozenset("is are was were be been being am has have had having do does did will shall".split())
BE = frozenset("is are was were be been being am become became becomes becoming remains remained".split())
MODALS = frozenset("would could might may should can must ought".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word, where it stands, and what it can be: `clause` and `sentence` are counted from 0."""

    text: str
    lower: str
    kind: Kind
    sentence: int
    clause: int
    stop_before: bool

    @property
    def is_verb_like(self) -> bool:
        """True for a lower-case word with the form of a past tense or participle."""
        regular = len(self.lower) > 3 and self.lower.endswith("ed")
        return self.kind == "content" and (regular or is_irregular_form(self.lower))


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text; `questions` are the numbers of its sentences that end in a question mark."""

    words: tuple[Word, ...]
    questions: frozenset[int]


def read_clauses(text: str, is_starter: Callable[[str], bool]) -> Reading:
    """Return the words of a text by clause. `is_starter` tells capitalised words that are no names."""
    words: list[Word] = []
    questions: set[int] = set()
    sentence = clause = 0
    starts, stop = True, False
    for token in _TOKEN.findall(text):
        if _WORD.match(token):
            lower = token.lower().replace("’", "'")
            if lower in _SUBORDINATORS and not starts:
                clause += 1
            kind = _kind(token, lower, starts, is_starter)
            words.append(Word(text=token, lower=lower, kind=kind, sentence=sentence, clause=clause, stop_before=stop))
            starts, stop = False, False
            continue
        if _abbreviates(words, token):
            continue
        stop = stop or token not in _QUOTES
        if token in _SENTENCE_ENDS:
            if token in _QUESTION_MARKS:
                questions.add(sentence)
            sentence, clause, starts = sentence + 1, clause + 1, True
        elif token in _BREAKS:
            clause += 1
    return Reading(tuple(words), frozenset(questions))


def _kind(token: str, lower: str, starts: bool, is_starter: Callable[[str], bool]) -> Kind:
    if token[0].isdigit():
        return "number"
    if lower in FUNCTION or lower in AUXILIARIES or lower in MODALS:
        return "function"
    if any(part[:1].isupper() for part in token.split("-")) and not (starts and is_starter(token)):
        return "name"
    return "content"


def _abbreviates(words: list[Word], mark: str) -> bool:
    if mark != "." or not words:
        return False
    last = words[-1]
    return last.lower in _ABBREVIATIONS or (len(last.text) == 1 and last.kind != "number")
