"""Split text into sentences, as character spans.

By rules, not by a model: the same code splits pages, where exact offsets matter, and answers while they stream. A
sentence ends at `.`, `!`, `?` or `…` before white space and a likely beginning, at a blank line, and at the end of a
list item, heading or row of a table. Abbreviations, initials, decimals and enumerators do not end one.
"""

import re
from itertools import pairwise

from rag.types import Answer, Sentence, Span, StopReason

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al fig figs eq eqs sec secs ch vol no nos pp p ed eds inc ltd incl "
    "excl corp co dept est approx resp ca jan feb mar apr jun jul aug sep sept oct nov dec gen col lt sgt rev hon u.s "
    "u.k bzw usw z.b d.h u.a o.ä s.o vgl ggf evtl inkl zzgl sog hrsg nr abb bd jh jhd sra srta ud uds pág págs núm "
    "ee.uu a.c d.c mme mlle mgr p.ex éd ecc dott sig.ra bijv blz dhr mevr o.a d.w.z enz т.е т.д т.п พ.ศ ค.ศ г гг им "
    "bzgl стр руб тыс млн".split()
)
_BEFORE_NUMBERS = frozenset(
    "art arts abs para paras reg regs sched cl ann lit ziff rn rz abschn anl anm gem al chap env fn tel max "
    "min cap".split()
)
"""Abbreviations that are words as well: they end no sentence before a number or a reference ("Nach Art. 5 Abs. 2")."""
_REFERENCE = re.compile(r"\d|§|(?:Art|Abs|Nr|Ziff|lit)\b")
_FULL_STOPS = "。！？｡．"
"""Marks of Chinese and Japanese, after which no space follows."""

_MARKS = ".!?…؟۔।॥։።"
# Each run of marks is tried from its first one only, and given up as a whole: a line of dots would take its square.
SENTENCE_END = re.compile(rf"(?<![{_MARKS}])[{_MARKS}]++[\"'”’»)\]]*+(?=\s)|[{_FULL_STOPS}]+[”’」』）]*")
_HARD_BREAK = re.compile(
    r"\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*•◦▪–+]|\(?\d{1,3}[.)]|\(?[a-z][.)]|#{1,6}|\|)[ \t])"
    r"|(?<=\n)(?=#{1,6} )|\n(?=[^\n]*\S \| \S)"
)
_HEADING_LINE = re.compile(r"^[ \t]*#{1,6} [^\n]*\n", re.MULTILINE)
_FINISHED = re.compile(rf"[{_MARKS}{_FULL_STOPS}][\"'”’»)\]*_`」』）]*\Z")
_ORDINAL = re.compile(r"\d{1,2}\Z")
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember|(?:April|August|September|November) \d"
    r"|Jahrhundert|Jahrtausend|Weltkrieg|Lebensjahr|Geburtstag|Auflage|Kapitel|Klasse|Platz|Stock|Etage)"
)
"""Words after a German ordinal number, whose full stop ends no sentence: "am 3. Oktober", "im 19. Jahrhundert"."""

_ENUMERATOR = re.compile(r"\s*\(?\d{1,2}[.)]\s+(?=\S)")

_CUT: frozenset[StopReason] = frozenset(["length", "cancelled", "repetition", "interrupted"])


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the spans of the sentences of `text[start:end]`: in order, trimmed, not overlapping.

    Every character that is not white space is in exactly one span.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    for block in _blocks(text, start, end):
        spans.extend(_within_block(text, block))
    return spans


def without_enumerator(item: str) -> str:
    """Return an item of a numbered list without its number, which is no figure of what it says."""
    match = _ENUMERATOR.match(item)
    return item[match.end() :] if match and not _AFTER_ORDINAL.match(item, match.end()) else item


def unfinished(answer: Answer) -> Sentence | None:
    """Return the last sentence of an answer that was cut off, unless an end mark shows that it is complete."""
    if answer.stop_reason not in _CUT or not answer.sentences:
        return None
    last = answer.sentences[-1]
    continues = answer.text[last.end :].strip()  # the cut one is no sentence any more: its source was removed
    return None if continues or _FINISHED.search(last.text) else last


def _blocks(text: str, start: int, end: int) -> list[Span]:
    cuts = [match.end() for match in _HARD_BREAK.finditer(text, start, end)]
    cuts += [match.end() for match in _HEADING_LINE.finditer(text, start, end)]
    edges = [start, *sorted(set(cuts)), end]
    return [Span(a, b) for a, b in pairwise(edges) if a < b]


def _within_block(text: str, block: Span) -> list[Span]:
    spans: list[Span] = []
    begin = block.start
    for match in SENTENCE_END.finditer(text, block.start, block.end):
        if ends_sentence(text, begin, match, block.end):
            _append_trimmed(spans, text, begin, match.end())
            begin = match.end()
    _append_trimmed(spans, text, begin, block.end)
    return spans


def ends_sentence(text: str, begin: int, match: re.Match[str], end: int, *, capitals: bool = True) -> bool:
    """Return True if a match of `SENTENCE_END` ends the sentence that began at `begin`; `end` bounds the look-ahead.

    `capitals` is False for text written without any, where a lower-case letter may begin a sentence.
    """
    mark = match.group()
    if mark[0] in _FULL_STOPS:
        return mark != "．" or not _is_decimal_or_enumerator(text, begin, match)
    following = text[match.end() : end].lstrip()
    if not following:
        return True
    if following[0].islower() and capitals:
        return False
    if mark != ".":
        return True
    word = text[begin : match.start()].rsplit(None, 1)[-1:]
    last = word[0].lstrip("([\"'“‘") if word else ""
    abbreviation = re.split("['’]", last)[-1].lower()  # "l'art. 6"
    is_initial = len(last) == 1 and last.isalpha() and last.isupper()
    is_enumerator = last.isdigit() and text[begin : match.start()].strip(" \t\n([") == last
    is_ordinal = _ORDINAL.fullmatch(last) is not None and _AFTER_ORDINAL.match(following) is not None
    is_reference = abbreviation in _BEFORE_NUMBERS and _REFERENCE.match(following) is not None
    return not (is_initial or is_enumerator or is_ordinal or is_reference or abbreviation in _ABBREVIATIONS)


def _is_decimal_or_enumerator(text: str, begin: int, match: re.Match[str]) -> bool:
    """Return True for the wide full stop of "３．５％" and "１．概要"."""
    before = text[begin : match.start()].strip()
    return before[-1:].isdigit() and (text[match.end() : match.end() + 1].isdigit() or before.isdigit())


def _append_trimmed(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(Span(start, end))
