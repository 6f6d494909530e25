"""Count the figures and names of answers that neither passages nor question have.

This shares no code with the mask that keeps them from being written, so that it can find it wrong. Figures count as the
same in any spelling and scale; numbers of list items, citation markers and numbers in words are none. Names are
capitalised words that are no ordinary ones: nowhere in the texts of all answers are they written small.
"""

import calendar
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from evaluation.records import Record
from evaluation.report import UngroundedReport
from rag.text.characters import with_plain_digits
from rag.text.normalize import normalize

_NO_FIGURE = re.compile(
    r"^[ \t]*[*_#>(-]*\s?\d{1,2}(?=[.):])|\[\d[\d,; ]*\]|\b(?:[Ss]ource|[Pp]assage)s? #?\d\d?\b", re.MULTILINE
)
_FIGURE = re.compile(
    r"\d+(?:[.,'\u2019]\d+|[ \u00a0\u202f]\d{3}(?!\d))*(?:\s(?:hundred|thousand|million|billion|trillion|mn|bn)\b)?"
)
_VALUE = re.compile(r"\d+(?:d\d+)?")
_YEARS = re.compile(r"(\d\d)\d\d\s?[-\u2013/]\s?(\d\d)\b")
_DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\b")
_SCALE = 3
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n\u2022|]|^\s*\d+[.)]|^\s*[-*#>]+)[\s*_\"'(\u201c\u201e]*$")
_STEM, _ENDING = 4, 3


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """Figures and names of an answer: how many, and those that its texts have not."""

    figures: int
    wrong_figures: tuple[str, ...]
    names: int
    wrong_names: tuple[str, ...]


def count_ungrounded(answer: str, texts: Iterable[str], ordinary: Collection[str]) -> Ungrounded:
    """Return what an answer takes from none of the texts; `ordinary` words, in small letters, are no names."""
    shown = list(texts)
    known, words = _digits_and_values(shown), {word.casefold() for text in shown for word in _words(text)}
    figures = _FIGURE.findall(_NO_FIGURE.sub(" ", with_plain_digits(answer)))
    names = _names(answer, ordinary)
    return Ungrounded(
        len(figures),
        tuple(figure for figure in figures if not _is_known(figure, known)),
        len(names),
        tuple(name for name in names if not _has_form(name.casefold(), words)),
    )


def ordinary_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that these texts write in small letters."""
    return frozenset(word for text in texts for word in _WORD.findall(text) if word.islower())


def count_in_records(records: Sequence[Record]) -> dict[str, Ungrounded]:
    """Return what the answers of records take from none of their passages and questions, by case."""
    shown = {record.case.id: _shown(record) for record in records}
    ordinary = ordinary_words(text for texts in shown.values() for text in texts)
    return {
        record.case.id: count_ungrounded(str(record.answer["answer"]), shown[record.case.id], ordinary)
        for record in records
        if not record.answer["abstained"]
    }


def count_all(records: Sequence[Record]) -> UngroundedReport:
    """Return how many figures and names the answers of records have, and how many of them are ungrounded."""
    counted = count_in_records(records).values()
    return UngroundedReport(
        figures=sum(each.figures for each in counted),
        ungrounded_figures=sum(len(each.wrong_figures) for each in counted),
        names=sum(each.names for each in counted),
        ungrounded_names=sum(len(each.wrong_names) for each in counted),
    )


def _shown(record: Record) -> list[str]:
    passages = [
        passage[part]
        for passage in record.answer["passages"]
        for part in ("text", "document", "place")
        if part in passage
    ]
    turns = [text for turn in record.case.history for text in (turn.question, turn.answer)]
    return [record.case.question, *map(str, passages), *turns]


def _digits_and_values(texts: Iterable[str]) -> set[str]:
    """Return the digits of each figure, and the digits of its value without zeros at the end."""
    known: set[str] = set()
    for text in map(with_plain_digits, texts):
        known.update(_bare(figure) for figure in _FIGURE.findall(text))
        known.update(part for figure in _FIGURE.findall(text) for part in re.findall(r"\d+", figure))
        known.update(century + year for century, year in _YEARS.findall(text))
        known.update(_significant(value) for value in _VALUE.findall(normalize(text)))
    return known


def _is_known(figure: str, known: set[str]) -> bool:
    """Return whether a figure has the digits of one, at any scale, or the digits as they are."""
    return _bare(figure) in known or any(_significant(value) in known for value in _VALUE.findall(normalize(figure)))


def _bare(figure: str) -> str:
    return re.sub(r"\D", "", figure).lstrip("0") or "0"


def _significant(value: str) -> str:
    """Return the digits of a value; of a round number of thousands without these, marked, as "5*" for 5,000,000."""
    whole, _, fraction = value.partition("d")
    digits = (whole + fraction.rstrip("0")).lstrip("0") or "0"
    while not fraction and len(digits) > _SCALE and digits.endswith("0" * _SCALE):
        digits = digits[:-_SCALE]
    return digits


def _words(text: str) -> list[str]:
    """Return the words of a text, and the months that its numeric dates may mean."""
    parts = {int(part) for parts in _DATE.findall(text) for part in parts}
    months = [calendar.month_name[part] for part in parts if 1 <= part <= len(calendar.month_name) - 1]
    return [*_WORD.findall(text), *_WORD.findall(normalize(text)), *months]


def _names(answer: str, ordinary: Collection[str]) -> list[str]:
    found = []
    for match in _WORD.finditer(answer):
        word, before, after = match[0], answer[: match.start()], answer[match.end() :]
        if len(word) == 1 or not word[0].isupper() or word.casefold() in ordinary or before[-1:].isdigit():
            continue
        line = before.rpartition("\n")[2]
        if not _SENTENCE_START.search(line) or re.match(r" [A-Z][^\W\d_]", after):
            found.append(word)
    return found


def _has_form(name: str, words: Collection[str]) -> bool:
    """Return whether the texts have the name, or one that differs in its last letters."""
    if name in words:
        return True
    stem = name[: max(_STEM, len(name) - _ENDING)]
    return any(word.startswith(stem) and abs(len(word) - len(name)) <= _ENDING for word in words)
