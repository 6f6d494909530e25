"""Read what a question asks to be looked up or computed (pure).

It understands English well, and German, French and Spanish where they are plain. What it does not understand it leaves
to the language model: no request is read from a question for reasons, for steps or for an opinion.
"""

import re
from dataclasses import dataclass
from typing import Literal

from rag.text.numbers.column_periods import Period, periods_in, range_in, without_periods
from rag.text.numbers.lookup import STATEMENTS
from rag.text.numbers.question_words import (
    ASKS,
    AVERAGE,
    BOILERPLATE,
    CHANGE,
    DEFINITION,
    EXTREME,
    FRAME,
    IN_UNIT,
    LARGE,
    LAST,
    LATEST,
    MARGINS,
    NAMES_ROWS,
    NOT_ASKED,
    NUMBERS,
    PLACES,
    RATES,
    RATIO,
    SUM,
    TAX_RATE,
    TREND,
    TREND_WORDS,
    WHICH_COMPARED,
    WHICH_LOSS,
    WHICH_ROW,
    WHICH_YEAR,
    YEAR_OVER_YEAR,
)
from rag.text.numbers.terms import Term, terms
from rag.text.numbers.units import NO_UNIT, Unit, read_unit

Kind = Literal["lookup", "change", "ratio", "sum", "average", "extreme", "count", "formula"]

_MAX_QUESTION = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for figures: the kind of computation, the measures as texts, and the periods.

    `measures` are those of a ratio in its order, else one. `last` is the number of latest periods ("the last three
    years"), `places` the decimals and `unit` the unit that the result is asked in. `rows`: the extreme is a row of the
    table, not a period; with `loss` it is one below zero. `trend`: the question asks for a direction from one period to
    the next. `formula` is the definition that the question gives, and `question` its sentences that ask.
    """

    kind: Kind
    measures: tuple[str, ...]
    periods: tuple[Period, ...] = ()
    last: int = 0
    places: int | None = None
    unit: Unit = NO_UNIT
    rows: bool = False
    lowest: bool = False
    percent: bool = False
    averaged: bool = False
    statements: tuple[str, ...] = ()
    formula: str = ""
    question: str = ""
    trend: bool = False
    loss: bool = False


def read_request(question: str) -> Request | None:
    """Return what a question asks to be looked up or computed; None if that is not plain."""
    if len(question) > _MAX_QUESTION:
        return None
    definition = DEFINITION.search(question)
    asked = question[: definition.start()] + question[definition.end() :] if definition else question
    core = _core(asked)
    kind, measures, rows = _kind(core, bool(definition))
    trend = bool(TREND.search(core)) and kind == "ratio"
    if NOT_ASKED.search(core) or not (trend or ASKS.search(core)):
        return None
    extreme = EXTREME.search(core)
    places = PLACES.search(question)
    unit = IN_UNIT.search(question)
    last = LAST.search(core)
    return Request(
        kind=kind,
        measures=measures,
        periods=range_in(core) if kind == "average" or AVERAGE.search(core) else tuple(periods_in(core)),
        last=_number(last[1]) if last else 0,
        places=_number(places[1]) if places else None,
        unit=read_unit(unit[1]) if unit else NO_UNIT,
        rows=rows,
        lowest=bool(extreme and extreme["low"]) or bool(WHICH_LOSS.search(core)),
        loss=bool(WHICH_LOSS.search(core)),
        percent=bool(
            re.search(r"%|per ?cent|prozent|pour ?cent|rate\b|growth|porcentaje|por ciento", core, re.IGNORECASE)
        ),
        averaged=bool(AVERAGE.search(core)),
        statements=tuple(name for name, pattern in STATEMENTS.items() if pattern.search(question)),
        formula=definition["formula"].strip() if definition else "",
        question=core,
        trend=trend,
    )


def asked_terms(text: str, language: str = "") -> list[Term]:
    """Return the terms of a measure as a question words it, without periods and words of the question itself."""
    text = without_periods(text)
    for pattern in (*STATEMENTS.values(), LAST, YEAR_OVER_YEAR, LATEST, IN_UNIT):
        text = pattern.sub(" ", text)
    return terms(re.sub(r"[?!.,;:\"“”„]", " ", text), language, FRAME)


def _core(question: str) -> str:
    """Return the sentences that ask, without instructions around them."""
    split = [_without_lead(part) for part in re.split(r"(?<=[.?!])\s+(?=[A-ZÄÖÜÉ¿])", question)]
    sentences = [part for part in split if not BOILERPLATE.match(part)]
    kept = [part for part in (sentences or [question]) if ASKS.search(part) or TREND.search(part)]
    return " ".join(kept or sentences or [question])


def _without_lead(sentence: str) -> str:
    """Return a sentence from its question word on, if a clause without a measure leads to it."""
    lead = re.match(rf"^(?P<lead>.{{10,}}?[,:])\s*(?={ASKS.pattern})", sentence, re.IGNORECASE)
    if lead and re.search(
        r"\b(?:question|information|statement|sheet|data|details|outlined|laut|selon|según)\b",
        lead["lead"],
        re.IGNORECASE,
    ):
        return sentence[lead.end() :]
    return sentence


def _kind(core: str, has_definition: bool) -> tuple[Kind, tuple[str, ...], bool]:
    """Return the kind of computation, its measures, and whether it is about rows."""
    if has_definition:
        return "formula", (), False
    if EXTREME.search(core) and (year := WHICH_YEAR.search(core)):
        return "extreme", (EXTREME.sub(" ", core.replace(year[0], " ")),), False
    if WHICH_LOSS.search(core):
        return "extreme", (LARGE.sub(" ", core),), True
    if WHICH_COMPARED.search(core) or (EXTREME.search(core) and WHICH_ROW.search(core)):
        return "extreme", (EXTREME.sub(" ", core),), True
    if measures := _ratio(core):
        return "ratio", measures, False
    for kind, pattern in _BY_WORD:
        if pattern.search(core):
            return kind, (pattern.sub(" ", core),), False
    if CHANGE.search(core) or YEAR_OVER_YEAR.search(core):
        measure = CHANGE.sub(" ", core)
        return "change", (measure if TAX_RATE.search(core) else RATES.sub(" ", measure),), False
    return ("count" if NAMES_ROWS.search(core) else "lookup"), (core,), False


_BY_WORD: tuple[tuple[Kind, re.Pattern[str]], ...] = (("average", AVERAGE), ("sum", SUM))


def _ratio(core: str) -> tuple[str, ...]:
    """Return the two measures of a ratio, and for one known by name the rest of the question; () if it asks none."""
    for pattern in RATIO:
        if match := pattern.search(core):
            return (AVERAGE.sub(" ", match["a"]), match["b"])
    for pattern, measures in MARGINS:
        if pattern.search(core):
            rest = TREND_WORDS.sub(" ", AVERAGE.sub(" ", pattern.sub(" ", RATES.sub(" ", core))))
            return tuple(f"{measure} {rest}" for measure in measures)
    return ()


def _number(word: str) -> int:
    words = NUMBERS | {"drei": 3, "trois": 3, "tres": 3, "vier": 4, "fünf": 5}
    return int(word) if word.isdigit() else words.get(word.lower(), 0)
