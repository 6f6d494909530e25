"""Text as it is written, character by character, held to the figures and names of its sources.

A figure is right or wrong as a whole, so the text keeps every way to read the one being written: "12 3" may go on to
be 12 345, or be 12 and then a figure that begins with 3. Numbers that count the text's own items or cite a source are
figures of no source: "1." at the start of a line, then "2.", and "[3]".
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rag.generation.decoding.allowed_figures import SEPARATORS, AllowedFigures, plain_figures
from rag.generation.decoding.allowed_months import AllowedMonths
from rag.generation.decoding.allowed_names import AllowedNames

Fault = Literal["figure", "month", "name"]

Reading = tuple[Literal["figure", "item", "citation"], str]
"""One way to read the digits being written."""

_CONTEXT = 64
"""Characters of the line that are kept: more than any mark-up before its first word."""

_MAX_CITATION_DIGITS = 2
_NEUTRAL = re.compile(r"[a-z ,;:]*")
_LINE_START = re.compile(r"[\s*_#>(\u2022-]*(?:[^\W\d_]+ )?")
_SENTENCE_START = re.compile(r"(?:^[\s*_#>|\u2022-]*|^\s*\d+[.)]|[.!?\u2026])[\s*_\"'(\u201c\u201e\u00ab]*$")
_CITATION = re.compile(r"\[[\d,; \u2013-]*$|\b(?:[Ss]ource|[Pp]assage)s? #?$")
_YEAR_BEFORE = re.compile(r"(\d\d)\d\d[-\u2013/]$")
_SHORT_YEAR = re.compile(r"(?:'|\u2019|\bFY ?)$")
_BARE_POINT = re.compile(r"(?:^|[^\w.])\.$")
_ITEM_ENDS, _CITATION_ENDS = ".):*]", "],;\u2013- .:)\n"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Figures and months that may be written, and names unless they are not checked."""

    figures: AllowedFigures
    months: AllowedMonths
    names: AllowedNames | None = None

    def fault(self, word: str, *, first: bool) -> Fault | None:
        """Return what is wrong with a whole capitalised word; the first of a sentence may be a verb ("May")."""
        if not first and not self.months.has(word):
            return "month"
        return None if self.names is None or self.names.has(word, first=first) else "name"

    def may_begin(self, beginning: str, *, first: bool) -> bool:
        """Return whether a capitalised word can begin so."""
        return self.names is None or self.names.may_begin(beginning, first=first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The state of a text: all that decides how it may go on.

    `readings` are those of the figure being written, whose last separator may end it if `may_end`; `word` is the
    capitalised word being written, `first` in its sentence or not. `items` is the number of the last list item.
    `units` counts the figures and capitalised words.
    """

    line: str = ""
    readings: tuple[Reading, ...] = ()
    may_end: bool = False
    word: str = ""
    first: bool = False
    items: int = 0
    units: int = 0

    @property
    def in_unit(self) -> bool:
        """True while a figure or a capitalised word is being written: it may turn out wrong."""
        return bool(self.readings or self.word)

    def after(self, text: str, allowed: Allowed) -> "Written | Fault":
        """Return what is written with this text after it, or what is wrong with it."""
        if not self.in_unit and _NEUTRAL.fullmatch(text):
            return replace(self, line=(self.line + text)[-_CONTEXT:])
        written = self
        for character in text:
            after = written._after(character, allowed)
            if isinstance(after, str):
                return after
            written = after
        return written

    def ended(self, allowed: Allowed) -> "Written | Fault":
        """Return what is written if the text ends here, or what is wrong with its end."""
        return self._after("\n", allowed)

    def _after(self, character: str, allowed: Allowed) -> "Written | Fault":
        if self.word and not character.isalpha():
            fault = allowed.fault(self.word, first=self.first)
            return fault or replace(self, word="")._after(character, allowed)
        outcome: Written | Fault = self
        if character.isdecimal():
            outcome = self._with_digit(str(unicodedata.digit(character)), allowed.figures)
        elif self.readings:
            outcome = self._with_end(plain_figures(character), allowed.figures)
        if not isinstance(outcome, str) and character.isalpha():
            outcome = outcome._with_letter(character, allowed)
        if isinstance(outcome, str):
            return outcome
        return replace(outcome, line="" if character == "\n" else (outcome.line + character)[-_CONTEXT:])

    def _with_digit(self, digit: str, figures: AllowedFigures) -> "Written | Fault":
        going_on = [
            (kind, text + digit) for kind, text in self.readings if self._may_go_on(kind, text + digit, figures)
        ]
        is_apart = bool(self.readings) and self.may_end and self.readings[0][1].endswith(" ")
        begins = is_apart or not self.readings
        readings = (*going_on, *(self._beginnings(digit, figures) if begins else ()))
        if not readings:
            return "figure"
        return replace(self, readings=readings, may_end=False, units=self.units + (not self.readings))

    def _may_go_on(self, kind: str, text: str, figures: AllowedFigures) -> bool:
        if kind == "figure":
            return figures.may_begin(text)
        if kind == "item":
            return any(str(number).startswith(text) for number in (1, self.items + 1))
        return text.isdecimal() and len(text) <= _MAX_CITATION_DIGITS

    def _beginnings(self, digit: str, figures: AllowedFigures) -> Iterator[Reading]:
        """Yield what a first digit may be the beginning of, here."""
        starts = [""]
        if match := _YEAR_BEFORE.search(self.line):
            starts.append(match[1])
        if _SHORT_YEAR.search(self.line):
            starts += ["19", "20"]
        if _BARE_POINT.search(self.line):
            starts.append("0.")
        yield from (("figure", start + digit) for start in starts if figures.may_begin(start + digit))
        if _LINE_START.fullmatch(self.line) and self._may_go_on("item", digit, figures):
            yield "item", digit
        if _CITATION.search(self.line):
            yield "citation", digit

    def _with_end(self, character: str, figures: AllowedFigures) -> "Written | Fault":
        """Return what is written after a character that is no digit: it ends the figure, or separates its digits."""
        is_separated = not self.readings[0][1][-1].isdecimal()
        ends = [
            kind
            for kind, text in self.readings
            if (kind == "figure" and figures.has(text))
            or (kind == "item" and character in _ITEM_ENDS)
            or (kind == "citation" and character in _CITATION_ENDS)
        ]
        may_end = self.may_end if is_separated else bool(ends)
        going_on: tuple[Reading, ...] = ()
        if character in SEPARATORS and not is_separated:
            going_on = tuple(
                (kind, text + character)
                for kind, text in self.readings
                if kind == "figure" and figures.may_begin(text + character)
            )
            if not going_on and ends != ["citation"] and character != " ":
                going_on = (("figure", character),)  # no digit may follow: 1,234 is not 1 and 234
        if not (may_end or any(figures.may_begin(text) for _, text in going_on)):
            return "figure"
        items = self.items
        if "item" in ends and not is_separated:
            items = int(next(text for kind, text in self.readings if kind == "item"))
        return replace(self, readings=going_on, may_end=may_end, items=items)

    def _with_letter(self, letter: str, allowed: Allowed) -> "Written | Fault":
        if self.word:
            word, first = self.word + letter, self.first
        elif letter.isupper() and not self.line[-1:].isalnum():
            word, first = letter, bool(_SENTENCE_START.search(self.line))
        else:
            return self
        if not allowed.may_begin(word, first=first):
            return "name"
        return replace(self, word=word, first=first, units=self.units + (not self.word))
