"""Use the names of documents: as context of their chunks in search, and to see which ones a question names."""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from rag.text.characters import bare
from rag.text.locations import PATH
from rag.types import Chunk, DocumentFacts

MAX_CONTEXT_CHARACTERS = 125
"""A token has at least one character, so this leaves half of a window of 256 tokens to the text."""

_JOINT = " · "
_MAX_HEADINGS = 60
_MIN_NAMED_SHARE = 0.5
_SUFFIX = re.compile(r"\.(pdf|txt|text|md|markdown)$", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"(?<![\w./-])[\w-]+\.(?:pdf|docx?|pptx?|xlsx?|od[tsp]|rtf|epub|html?|md|txt|csv|eml|msg)(?![\w/.-]*\w)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[_\s]+|(?<=\w)-(?=\w)")
_NAME_WORD = re.compile(r"[^\W\d_]+\d*|\d+[^\W\d_]*")
_PART = re.compile(r"[^\W\d_]+|\d+")
_TAG = re.compile(r"[a-z]\d")
"""One letter and one digit ("q2", "v1") stay together; longer mixtures also match by their parts ("fy2018")."""

FILINGS = ("10-K", "10-Q", "8-K")
NAMED_KINDS = (*FILINGS, "annual report", "quarterly report", "earnings release", "contract", "minutes", "manual")
"""Kinds by which people name a document of an organisation."""

_CALLED = {"annualreport": "10k", "quarterlyreport": "10q", "currentreport": "8k", "earningsreport": "earningsrelease"}
_LEGAL_FORMS = set(
    "inc incorporated corp corporation co company companies ltd limited llc llp lp plc gmbh ag se kg sa sas spa srl bv "
    "nv oy ab asa pty com the of and group holding holdings".split()
)
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_QUARTER = re.compile(r"\b(first|second|third|fourth|[1-4])(?:st|nd|rd|th)?[\s-]*q(?:uarter)?\b")
_SHORT_YEAR = re.compile(r"\bfy\s?'?(\d\d)\b")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MAX_QUESTION = 4_000
_MANY = 1_000


def file_names(text: str) -> list[str]:
    """Return the names of documents' files that a text has; of one with spaces its last word."""
    return _FILE_NAME.findall(text)


def readable_name(name: str) -> str:
    """Return a file name as words: "ACME 2018 10K" for "ACME_2018_10K.pdf"."""
    return _SEPARATORS.sub(" ", _SUFFIX.sub("", name)).strip()


@lru_cache(maxsize=4096)
def search_title(name: str, facts: DocumentFacts) -> str:
    """Return a document's name, then its title, organisation and period as far as they say more than the name.

    Of a filing its kind stands for the title, which all filings of the kind have.
    """
    parts = [readable_name(name)]
    for fact in (facts.kind if facts.kind in FILINGS else facts.title, facts.organisation, facts.period):
        known = {word for part in parts for word in (*question_words(part), bare(part))}
        words = organisation_words(fact) if fact == facts.organisation else question_words(fact)
        if not (words <= known or bare(fact) in known):
            parts.append(fact)
    return _JOINT.join(part for part in parts if part)


def context_lines(chunk: Chunk) -> tuple[str, str, str]:
    """Return what stands above a passage for the model and the checks: name, what the title adds to it, headings."""
    added = chunk.title.removeprefix(readable_name(chunk.document)).removeprefix(_JOINT)
    return chunk.document, added, chunk.heading


def with_context(title: str, heading: str, text: str) -> str:
    """Return a chunk's text below its context, as it is embedded."""
    return f"{short_context(title, heading)}\n{text}".strip()


def short_context(title: str, heading: str) -> str:
    """Return the context within `MAX_CONTEXT_CHARACTERS`: the title's beginning, and the innermost headings.

    Outer headings stay while they are short. "Part II › Item 8. Financial Statements", above half of a report, would
    make all of its passages alike.
    """
    innermost = ""
    for part in reversed(heading.split(PATH)):
        longer = context_of(part, innermost)
        if innermost and len(longer) > _MAX_HEADINGS:
            break
        innermost = longer
    below = len(PATH) + min(len(innermost), _MAX_HEADINGS) if innermost else 0
    room = MAX_CONTEXT_CHARACTERS - below
    return context_of(title[:room].rstrip(), innermost)[:MAX_CONTEXT_CHARACTERS]


def context_of(title: str, heading: str) -> str:
    """Return a title or heading and the one below it as a path, without what is empty."""
    return PATH.join(part for part in (title, heading) if part)


class NameMatcher:
    """Find the documents that a question names, by words that few documents share.

    A document is called by its file name, by its organisation, period and kind, and by its title. It counts as named
    only if the question has at least half of the inverse document frequency (IDF) mass of one of these: sharing a word
    or two with a long title is not naming it. Its score is the mass of all its words that the question has, relative to
    the best document: of five years of one company's reports, the year that is named scores highest.
    """

    def __init__(self, names: Mapping[int, str], facts: Mapping[int, DocumentFacts] | None = None) -> None:
        labels = [
            (id_, label) for id_, name in names.items() for label in _labels(name, (facts or {}).get(id_)) if label
        ]
        self._ids = [id_ for id_, _ in labels]
        self._documents: defaultdict[str, set[int]] = defaultdict(set)
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        for place, (id_, label) in enumerate(labels):
            for word in label:
                self._documents[word].add(id_)
                self._postings[word].append(place)
        total = len(names)
        if total > _MANY:  # words of most documents tell none apart, and take time
            for word in [word for word, ids in self._documents.items() if len(ids) * 2 > total]:
                del self._documents[word], self._postings[word]
        self._weight = {
            word: math.log(1 + (total - len(ids) + 0.5) / (len(ids) + 0.5)) for word, ids in self._documents.items()
        }
        self._mass = [sum(self._weight.get(word, 0.0) for word in label) for _, label in labels]

    def scores(self, question: str) -> dict[int, float]:
        """Return the documents that the question names, with scores in (0, 1]."""
        words = question_words(question) & self._weight.keys()
        shared: defaultdict[int, float] = defaultdict(float)
        mass: defaultdict[int, float] = defaultdict(float)
        for word in words:
            for place in self._postings[word]:
                shared[place] += self._weight[word]
            for id_ in self._documents[word]:
                mass[id_] += self._weight[word]
        named = {self._ids[place] for place, value in shared.items() if value >= _MIN_NAMED_SHARE * self._mass[place]}
        best = max((mass[id_] for id_ in named), default=0.0)
        return {id_: mass[id_] / best for id_ in named} if best > 0 else {}


def _labels(name: str, facts: DocumentFacts | None) -> Iterator[set[str]]:
    """Yield the words of everything that a document is called by."""
    yield _name_words(readable_name(name))
    if facts is None:
        return
    if facts.organisation:
        kind = {bare(facts.kind)} if facts.kind in NAMED_KINDS else set()
        yield organisation_words(facts.organisation) | _name_words(facts.period) | kind
    if facts.title and facts.kind not in FILINGS:  # all filings of a kind have the same title
        yield _name_words(facts.title)


def organisation_words(organisation: str) -> set[str]:
    """Return the words of an organisation's name, without its legal form unless it has nothing else."""
    words = _name_words(organisation)
    return words - _LEGAL_FORMS or words


def _name_words(name: str) -> set[str]:
    words: set[str] = set()
    for word in _NAME_WORD.findall(_folded(name)):
        words.add(word)
        if not _TAG.fullmatch(word):
            words.update(_PART.findall(word))
    return {part for word in words for part in _without_spaces(word) if len(part) > 1}


def question_words(question: str) -> set[str]:
    """Return words, joined neighbours ("Best Buy" names BESTBUY) and the parts of mixtures ("FY2018" names 2018).

    Quarters and two-digit years are also written as periods are: "second quarter" is "q2", "FY19" is "2019".
    """
    text = _folded(question)[:_MAX_QUESTION]
    words = re.findall(r"[^\W_]+", text)
    found = {*words, *(a + b for a, b in pairwise(words))}
    for word in words:
        if re.fullmatch(r"[a-z]+\d+|\d+[a-z]+", word):
            found.update(_PART.findall(word))
    found.update(f"q{_ORDINALS.get(match[1], match[1])}" for match in _QUARTER.finditer(text))
    found.update(f"20{match[1]}" for match in _SHORT_YEAR.finditer(text))
    found.update(filing for words_of_it, filing in _CALLED.items() if words_of_it in found)
    return found | {part for word in words for part in _without_spaces(word)}


def _without_spaces(word: str) -> list[str]:
    """Return a word; of a script written without spaces, its pairs of characters."""
    return [word[place : place + 2] for place in range(len(word) - 1)] if _UNSPACED.search(word) else [word]


def _folded(text: str) -> str:
    """Return a text in lower case without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain).lower()
