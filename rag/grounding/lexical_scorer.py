"""The lexical `Scorer`: how well a span of text supports a sentence, by their words.

The score is the share of the sentence's content words that the span has. It is capped below `SUPPORTED` by the mistakes
of fluent sentences:

- a number, unit or name that the span does not have;
- a number or name where the span has another one in the same position, or a word where it has an antonym;
- a negation that only one of the two has;
- one end of a range as if it were the figure: 15 % of 15–20 %.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from rag.grounding.claim import Claim, agreement, lowered_numbers, neighbours, positions, with_signs_of
from rag.grounding.language_rules import ANTONYMS, ENGLISH, LanguageRules
from rag.grounding.row_cells import followed_by, is_misplaced, is_year, read_rows
from rag.text.normalize import MINUS, UNITS, normalize
from rag.text.sentences import sentence_spans

SUPPORTED = 0.6
WEAK = 0.35
"""Thresholds of support for a `supported` and for a `weak` sentence."""

MAX_FLAWED = SUPPORTED - 0.01
"""Highest score of a span that has the sentence's words, but differs in a fact or a relation."""

_CACHED_TEXTS = 1024
"""Analysed texts that are cached: spans are compared with every sentence of an answer, and of every answer."""

_NUMBER = re.compile(rf"(?<![^\W\d_])\d+(?:d\d+)?(?:{MINUS}|s)?(?![^\W\d_])")
_RANGE = re.compile(rf"(?<![\w.,–-])(\d+(?:d\d+)?)\s?[–-]\s?(\d+(?:d\d+)?)\s+({'|'.join(sorted(UNITS))})(?!\w)")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[^\W\d_][\w&’'.-]*")
_INITIALS = re.compile(r"\b(?:[A-Z]\.[ \u00a0]?)+[A-Z]\.")
"""Initials with points, as in "U.S." or "J. R. Smith", which others write without."""

POSSESSIVE = re.compile(r"(?<=\w) ?['’]s\b|(?<=s)['’](?=\s)")
_CONTRACTED = re.compile(r"n['’]t\b")
_FIGURE_WORD = re.compile(
    r"(?<!\w)(?:(?<![^\s(])[-−–])?(?:\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3})+(?:[.,]\d+)?|\d[\d.,]*)(?!\w)"
)
_FIGURE_ONE = re.compile(r"(?<![\w.,])1(?!\w|[.,]\d)")
_PARENTHESIS = re.compile(r"\([^()]*\)")
_ACRONYM = re.compile(r"\(\s*[A-Z][\w.-]*\s*\)")
_NEGATED_WORDS = 3
_NO_NUMBER = re.compile(r"\bno\.? ?\d", re.IGNORECASE)
_MIN_OTHER_WORDS = 2
"""A span need not repeat names of its heading if the sentence has this many other words: names alone need a quote."""

_SAME_POSITION = 2
"""Two words are in the same position if this many of the (at most four) words around them agree."""

_ATTRIBUTION = re.compile(
    r"^\W*(?:according to|based on|as (?:stated|mentioned|described) in|per) (?:the |these )?(?:given |provided )?"
    r"(?:text|source|document|passage|context|information)s?(?: provided| given)?\s*,?\s*",
    re.IGNORECASE,
)


class LexicalScorer:
    """A lexical `Scorer` of one language, by which it reads numbers; "" if that is not known.

    `analyze` turns text into stemmed words without stop words.
    """

    def __init__(self, analyze: Callable[[str], list[str]], rules: LanguageRules = ENGLISH, language: str = "") -> None:
        self._analyze = analyze
        self._rules = rules
        self._language = language
        self._claim = lru_cache(_CACHED_TEXTS)(self._read)
        self._antonyms = {
            word: frozenset(opposite for other in others for opposite in analyze(normalize(other)))
            for text, others in ANTONYMS.items()
            for word in analyze(normalize(text))
        }

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span; 0 for a sentence without content words."""
        claim = self._claim(_ATTRIBUTION.sub("", sentence))
        if not claim.words:
            return [0.0] * len(spans)
        named = self._claim(context).words & claim.names
        return [self._score(claim, self._claim(span), named) for span in spans]

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return whether each span has a rival number, name or antonym in a word's position, or only one negates."""
        claim = self._claim(_ATTRIBUTION.sub("", sentence))
        read = [self._claim(span) for span in spans]
        return [self._contradicts(with_signs_of(claim, span), with_signs_of(span, claim)) for span in read]

    def misplaces(self, sentence: str, text: str) -> bool:
        """Return True if a figure of the sentence is one that the text says of something else."""
        claim, span = self._claim(_ATTRIBUTION.sub("", sentence)), self._claim(text)
        claim, span = with_signs_of(claim, span), with_signs_of(span, claim)
        return _is_elsewhere(claim, span) or any(word in claim.numbers for word in self._displaced(claim, span))

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the numbers and units that the text does not have, and the names that neither it nor its context has.

        Figures are spelt as in the sentence.
        """
        plain = self._plain(text)
        known = set(self._analyze(plain))
        named = known.union(self._analyze(self._plain(context)))
        sentence = _ATTRIBUTION.sub("", sentence)
        said = self._plain(sentence)
        known |= {number + MINUS for number in lowered_numbers(plain)}
        known |= {number for number in lowered_numbers(said) if number + MINUS in known}
        numbers, names = self._essential_parts(said, bool(_FIGURE_ONE.search(sentence)))
        figures = [figure.rstrip(".,") for figure in _FIGURE_WORD.findall(sentence)]
        spelt = {normalize(figure, self._language).strip(): figure for figure in figures}
        parts = [part for part in numbers if not known.issuperset(self._analyze(part))]
        parts += [part for part in names if not named.issuperset(self._analyze(part))]
        return list(dict.fromkeys(spelt.get(part, _with_sign(part)).strip(".,") for part in parts))

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:  # noqa: ARG002  a protocol
        """Return None: the lexical score is all there is."""
        return None

    def _score(self, claim: Claim, span: Claim, named: AbstractSet[str]) -> float:
        claim, span = with_signs_of(claim, span), with_signs_of(span, claim)
        needed = claim.words - (named - span.words)
        if len(needed) < _MIN_OTHER_WORDS:
            needed = claim.words
        score = len(needed & span.words) / len(needed)
        if score < SUPPORTED:
            return score
        is_whole = claim.essential <= span.words | named and not self._contradicts(claim, span)
        return score if is_whole and not _halves_range(claim, span) else min(score, MAX_FLAWED)

    def _contradicts(self, claim: Claim, span: Claim) -> bool:
        return (
            bool(claim.negated & (span.words - span.negated))
            or bool(span.negated & (claim.words - claim.negated))
            or (claim.negates and not span.denies)
            or _is_elsewhere(claim, span)
            or any(self._displaced(claim, span))
        )

    def _displaced(self, claim: Claim, span: Claim) -> Iterator[str]:
        """Yield the words of the claim in whose position the span has a rival."""
        for words, evidence in dict.fromkeys([(claim.sequence, span.sequence), (claim.bare, span.bare)]):
            yield from (
                word for index, word in enumerate(words) if self._is_displaced(index, words, evidence, claim, span)
            )

    def _is_displaced(
        self, index: int, words: Sequence[str], evidence: Sequence[str], claim: Claim, span: Claim
    ) -> bool:
        """Return True if the evidence has a rival of the word, such as another number or name, in its position."""
        word = words[index]
        rivals, needed = self._rivals(word, claim, span)
        if not rivals:
            return False
        around = neighbours(words, index)
        own_contexts = [neighbours(evidence, at) for at in positions(word, evidence)]
        own = max((agreement(around, context) for context in own_contexts), default=0)
        beside = {other for before, after in own_contexts for other in (*before[-1:], *after[:1])}  # "Spanish Florida"
        places = (at for rival in rivals - beside for at in positions(rival, evidence))
        theirs = max((agreement(around, neighbours(evidence, at)) for at in places), default=0)
        return theirs >= needed and theirs > own

    def _rivals(self, word: str, claim: Claim, span: Claim) -> tuple[frozenset[str], int]:
        """Return the words of the span that could replace this one, and how many words around must agree."""
        if span.rows and word not in claim.names:
            return frozenset(), 0  # rows and columns tell what belongs together
        if word in claim.numbers:
            same_kind = {other for other in span.numbers if other[0].isdigit() == word[0].isdigit()}
            return frozenset(same_kind - {word}), _SAME_POSITION
        if word in claim.names:
            # "Debian was founded by Murdock" says the same with its names in reverse order.
            is_agent = word in claim.agents
            if is_agent != (word in span.agents) and word in span.words:
                return frozenset(), 0
            rivals = span.agents if is_agent else span.names - span.agents
            return rivals - {word} - span.asides, _SAME_POSITION
        return (self._antonyms.get(word, frozenset()) & span.words) - claim.words, 1

    def _read(self, text: str) -> Claim:
        plain = self._plain(text)
        numbers, names = self._essential_parts(plain, bool(_FIGURE_ONE.search(text)))
        sequence = tuple(self._analyze(plain))
        spans = sentence_spans(text)
        negates = any(not _NO_NUMBER.match(plain, match.start()) for match in self._rules.negation.finditer(plain))
        return Claim(
            sequence=sequence,
            bare=tuple(self._analyze(_PARENTHESIS.sub(" ", plain))) if "(" in plain else sequence,
            words=frozenset(sequence),
            numbers=frozenset(self._analyze(" ".join(numbers))),
            names=frozenset(self._analyze(" ".join(names))),
            agents=frozenset(self._analyze(" ".join(self._rules.agent.findall(plain)))),
            asides=frozenset(self._analyze(" ".join(_ACRONYM.findall(plain)))),
            negated=self._negated(plain),
            negates=negates,
            denies=negates or bool(self._rules.denial.search(plain)),
            sentences=tuple(self._claim(text[s.start : s.end]) for s in spans) if len(spans) > 1 else (),
            rows=read_rows(text, self._analyze, self._language) if "|" in text else (),
            following=followed_by(plain, self._analyze),
            lowered=lowered_numbers(plain),
            ranges=frozenset(tuple(self._analyze(" ".join(ends))) for ends in _RANGE.findall(plain)),
        )

    def _plain(self, text: str) -> str:
        return spelt_alike(text, self._language)

    def _negated(self, text: str) -> frozenset[str]:
        """Return the content words that follow a negation, up to three of them."""
        found: set[str] = set()
        for match in self._rules.negation.finditer(text) if self._rules.negates_following else ():
            if not _NO_NUMBER.match(text, match.start()):
                clause = re.split(r"[.;:!?]", text[match.end() :], maxsplit=1)[0]
                found.update(self._analyze(clause)[:_NEGATED_WORDS])
        return frozenset(found)

    def _essential_parts(self, text: str, figure_one: bool) -> tuple[list[str], list[str]]:
        """Return the numbers with their units, and the names, of a normalised text."""
        numbers: list[str] = []
        for match in _NUMBER.finditer(text):
            following = text[match.end() :].split(maxsplit=1)[:1]
            unit = following[0].lower() if following and following[0].lower() in UNITS else ""
            if unit or match[0] != "1" or figure_one:  # "one" is more often a pronoun than a number
                numbers += [match[0], unit] if unit else [match[0]]
        return numbers, [] if self._rules.names_by == "nothing" else self._names(text)

    def _names(self, text: str) -> list[str]:
        capitalised = [
            match
            for match in _NAME.finditer(text)
            if any(part[:1].isupper() for part in match[0].split("-"))
            and not (self._rules.is_starter(match[0]) and _begins_sentence(text, match.start()))
        ]
        if self._rules.names_by == "pairs":
            starts = {match.start() for match in capitalised}
            ends = {match.end() for match in capitalised}
            capitalised = [
                match
                for match in capitalised
                if match[0][1:].isupper() or match.end() + 1 in starts or match.start() - 1 in ends
            ]
        # "non-British", "Siouan-speaking"
        return [part for match in capitalised for part in match[0].split("-") if part[:1].isupper()]


def spelt_alike(text: str, language: str = "") -> str:
    """Return a text with figures, initials and contractions as they are compared, without possessives."""
    text = _INITIALS.sub(lambda initials: re.sub(r"\W", "", initials[0]), text)
    return POSSESSIVE.sub("", _CONTRACTED.sub(" not", normalize(text, language)))


def is_copied(sentence: str, text: str) -> bool:
    """Return whether the text has all words of the sentence one after the other, whatever the spelling of figures."""
    return _spoken(sentence) in _spoken(text)


@lru_cache(_CACHED_TEXTS)
def _spoken(text: str) -> str:
    return " ".join(["", *_WORD.findall(spelt_alike(text).casefold()), ""])


def _with_sign(part: str) -> str:
    return f"-{part.removesuffix(MINUS)}" if part[0].isdigit() and part.endswith(MINUS) else part


def _halves_range(claim: Claim, span: Claim) -> bool:
    """Return True if the claim has one end, which the span has nowhere else, of a range of the span, and its unit.

    "At least 15 %" does so rightly. That is for a second opinion to say, not for a list of words.
    """
    for *ends, unit in span.ranges:
        said = [end for end in ends if end in claim.numbers]
        if len(said) == 1 and unit in claim.words:
            in_ranges = sum(said[0] in each for each in span.ranges)
            if span.sequence.count(said[0]) == in_ranges:
                return True
    return False


def _is_elsewhere(claim: Claim, span: Claim) -> bool:
    """Return True if a figure of the claim is in another cell of the span, or in a sentence beside the one about it."""
    return _is_of_other_cell(claim, span) if span.rows else _borrows(claim, span)


def _borrows(claim: Claim, span: Claim) -> bool:
    """Return True if a number is beside, not in, the span's sentence about the claim, which has another number."""
    if len(span.sentences) < 2:
        return False
    main = max(span.sentences, key=lambda sentence: len(sentence.words & claim.words))
    others = {is_year(number) for number in main.numbers - claim.numbers if number[0].isdigit()}
    return any(is_year(number) in others for number in claim.numbers - main.words if number[0].isdigit())


def _is_of_other_cell(claim: Claim, rows: Claim) -> bool:
    """Return True if the claim has a figure of the rows from another cell than it says."""
    return any(
        word in claim.numbers and is_misplaced(rows.rows, claim.sequence, index, claim.following)
        for index, word in enumerate(claim.sequence)
    )


def _begins_sentence(text: str, at: int) -> bool:
    """Return True if the word is the first, or the last mark before it ends a sentence or an introduction."""
    while at and not text[at - 1].isalnum():
        at -= 1
        if text[at] in ".!?:":
            return True
    return not at
