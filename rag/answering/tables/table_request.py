"""Read what a question asks to be looked up or computed.

It understands English well, and German, French and Spanish where they are plain. What it does not understand it leaves
to the language model: no request is read from a question for reasons, for steps or for an opinion.
"""

import re
from dataclasses import dataclass
from typing import Literal

from rag.answering.tables.periods import Period, periods_in, range_in, without_periods
from rag.text.figures import NO_UNIT, Unit, read_unit
from rag.text.measure_terms import Term, terms
from rag.understanding.lengths import NUMBERS

Kind = Literal["lookup", "change", "ratio", "sum", "average", "extreme", "formula"]

STATEMENTS = {
    "income": re.compile(
        r"statements? of (?:consolidated )?(?:income|operations|earnings|profit)|income statements?"
        r"|profit and loss|P&L",
        re.IGNORECASE,
    ),
    "balance": re.compile(
        r"balance shee\s?ts?|statements? of financial (?:position|condition)|bilanz|bilan\b", re.IGNORECASE
    ),
    "cash": re.compile(r"statements? of cash flo\s?ws?|cash flow statements?|kapitalflussrechnung", re.IGNORECASE),
}
"""Statements of a financial report, as questions and captions of tables name them."""

_NOT_ASKED = re.compile(
    r"\b(?:why|explain|what (?:drove|caused|are the (?:main|key|major)|is the nature)|describe"
    r"|summari[sz]e|if we exclude"
    r"|excluding|capital[- ]intensive|warum|weshalb|wieso|erkläre?|pourquoi"
    r"|explique[rz]?|por qué)\b",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^\s*(?:please\s+)?(?:answer|base|round|give a|give your|calculate (?:what|or|\()"
    r"|calculate the answer|address|approach|assume|if .{0,80}\bis(?: not|n't)|if .{0,80}\bare(?: not|n't)|"
    r"you are|use|consider|respond|runde|antworte|arrondis|redondea|i do not mean|state)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:compare|by how much|how (?:much|many|large|big|high)|what|which|in which|was there|did"
    r"|um wie ?viel|wie (?:hoch|viel|viele|groß|stark)"
    r"|welche\w*|was|in welchem|quel\w*|combien|de combien|cuánt[oa]s?|cuál(?:es)?|qué|en qué)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?:\b(?:is|are) defined as|\bdefine\b[^.]{0,80}?\bas)\s*:?\s*(?P<formula>.+?)(?:\.(?=\s|$)|$)",
    re.IGNORECASE | re.DOTALL,
)
_PLACES = re.compile(
    r"\b(?:to|auf|à|a)\s+(?:(one|two|three|eine|zwei|une?|deux|un|dos|[0-4]))\s+(?:decimal"
    r"|nachkommast|décimale|decimal)",
    re.IGNORECASE,
)
_NUMBERS = NUMBERS | {"eine": 1}
_IN_UNIT = re.compile(
    r"\b(?:in|en|units? of)\s+((?:USD|US\$|\$|€|EUR|dollars?|euros?)?\s*(?:thousands?|millions?"
    r"|billions?|mio\.?|mrd\.?|millionen|milliarden|millones|milliards)"
    r"(?:\s+(?:of|de|d'))?\s*(?:USD|US\$|\$|€|EUR|dollars?|euros?)?)",
    re.IGNORECASE,
)
_YEAR_OVER_YEAR = re.compile(
    r"\byear[- ]over[- ]year\b|\byoy\b|\bfrom the (?:year before|prior year|previous year)\b|vorjahr"
    r"|l'année précédente|año anterior",
    re.IGNORECASE,
)
_RATIO = (
    re.compile(
        r"(?P<a>.+?)\b(?:as a|as|in)\s+(?:an?\s+)?(?:%|per ?cent(?:age)?|share|proportion"
        r"|fraction)\s+of\s+(?P<b>.+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:%|per ?cent(?:age)?|share|proportion|fraction)\s+of\s+(?P<b>.+?)\s+(?:(?:that"
        r"|which)\s+)?(?:was|were|is|are|did|came from|comes from|come from|from|made up by)\s+(?P<a>.+)",
        re.IGNORECASE,
    ),
    re.compile(r"\bratio\s+of\s+(?P<a>.+?)\s+to\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"(?P<a>.+?)\s+divided by\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"\banteil\s+(?P<a>.+?)\s+(?:am|an der|an den|an)\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"\b(?:part|proportion|pourcentage)\s+(?:de |du |des |d')(?P<a>.+?)\s+dans\s+(?P<b>.+)", re.IGNORECASE),
)
_MARGINS = (
    (re.compile(r"\bgross (?:profit )?margins?\b|\bbruttomarge\b", re.IGNORECASE), ("gross profit", "revenue")),
    (
        re.compile(r"\b(?:operating|operative) (?:profit |income )?(?:margins?|marge)\b", re.IGNORECASE),
        ("operating income", "revenue"),
    ),
    (
        re.compile(r"\b(?:net )?(?:profit|income|earnings) margins?\b|\bnettomarge\b", re.IGNORECASE),
        ("net income", "revenue"),
    ),
    (re.compile(r"\bcurrent ratio\b", re.IGNORECASE), ("total current assets", "total current liabilities")),
)
_CHANGE = re.compile(
    r"\b(?:by how much|how much (?:higher|lower|more|less)|growth|grew|grow|grown|changed?|increased?"
    r"|decreased?|decline[ds]?|fell|fall|rose|rise|drop(?:ped)?|difference|higher|lower"
    r"|um wie ?viel|differenz|unterschied|verändert\w*|veränderung|wachstum|gewachsen|gestiegen"
    r"|gesunken|stieg|sank|zugenommen|abgenommen|rückgang|anstieg"
    r"|de combien|différence|augment\w+|diminu\w+|baiss\w+|croissance|évolution|cuánto (?:aumentó"
    r"|creció|cayó|disminuyó|bajó|subió|ha)|diferencia|crecimiento|aumento|variación)\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:together|combined|sum of|in total|altogether|add(?:ed)? up|zusammen|insgesamt|summe (?:aus"
    r"|von)|ensemble|au total|somme d|juntos|juntas|en total|suma de)\b",
    re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"\b(?:(?:\w+)[ -]year )?(?:average|mean)\b|\bdurchschnitt\w*|\bmoyenne\b|\bpromedio\b|\bmedia (?:de|anual)\b",
    re.IGNORECASE,
)
_HIGH = (
    r"highest|largest|biggest|greatest|most|höchste[nrs]?|größte[nrs]?|meisten?|la plus (?:élevée"
    r"|grande|haute)|le plus (?:élevé|grand|haut)|plus (?:élevée?|grande?|haute?)|más (?:alt[oa]"
    r"|grande)|mayor|máxim[oa]"
)
_LOW = (
    r"lowest|smallest|least|niedrigste[nrs]?|kleinste[nrs]?|geringste[nrs]?|plus (?:faible|petite?"
    r"|bas(?:se)?)|más (?:baj[oa]|pequeñ[oa])|menor|mínim[oa]"
)
_EXTREME = re.compile(rf"\b(?:(?P<high>{_HIGH})|(?P<low>{_LOW}))\b", re.IGNORECASE)
_WHICH_COMPARED = re.compile(r"\bwhich\b.{0,50}\b(?:higher|larger|bigger|greater|lower|smaller)\b", re.IGNORECASE)
_WHICH_YEAR = re.compile(
    r"\b(?:in )?(?:which|what)\b[\w\s]{0,30}?\b(?:years?|quarters?)\b|\bwhen was\b|\bwann\b"
    r"|\bin welchem (?:\w+ )?(?:geschäfts)?jahr\b|\b(?:en |lors de )?quelle (?:année|exercice)\b"
    r"|\bquel exercice\b|\ben qué (?:año|ejercicio)\b",
    re.IGNORECASE,
)
_WHICH_ROW = re.compile(
    r"\b(?:which|what(?: was| is| were)?(?: the)?|welche[srn]?|quel(?:le)?s?(?: est| était)?"
    r"|cuál(?: fue| es)?|qué)\b(?P<what>.{0,60})",
    re.IGNORECASE,
)
_NAMES_ROWS = re.compile(
    r"^\W*(?:in )?(?:which|what (?!was\b|were\b|is\b|are\b|amount|total)|welche[rsn]?\b"
    r"|quel(?:le)?s? (?!est\b|était\b|sont\b|étaient\b)|qué\b)",
    re.IGNORECASE,
)
"""A question for names, not for a figure."""

_LAST = re.compile(
    r"\b(?:last|past|letzten|derniers|dernières|últimos)\s+(two|three|four|five|zwei|drei|vier|fünf"
    r"|deux|trois|dos|tres|\d)\b",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"\b(?:latest|most recent|last|aktuellste[ns]?|letzte[ns]?|dernier|dernière|último"
    r"|última)\b(?:\s+(?:fiscal|yearly|annual|financial))?\s*(?:year|jahr\w*|année|exercice|año)?",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"\b(?:what|which|how|much|many|large|big|high|when|did|do|does|has|have|had|was|were|been|from"
    r"|between|than|over|during|there|any|give|tell|show|me|us|please|according|compared?|vs|versus"
    r"|per|its|their|and|for|company|companies"
    r"|reports?|reported|reporting|documents?|tables?|listed|fiscal|financial year|years?|yearly"
    r"|annual|annually|ended|ending|end|as of|close|figures?|values?|numbers?|amounts?|levels?|stand"
    r"|stated|generated?|made|make|earned?|recorded|posted|spen[dt]|total amount|dollars?|usd|us\$"
    r"|eur|euros?|each|both|in|of|the|at|by|primarily|information|provided|shown|using|basis|total of"
    r"|wie|hoch|auf|viele?|groß|war|waren|ist|sind|hat|haben|betrug|betrugen|beträgt|im|in|der|die"
    r"|das|des|den|dem|von|vom|und|zu|zum|für|geschäftsjahr|jahr\w*|gegenüber|verglichen|laut|bericht"
    r"|welche\w*"
    r"|quel\w*|combien|était|étaient|est|sont|a|ont|été|de|du|des|le|la|les|l|d|en|et|à|au|aux|pour"
    r"|exercice|année|selon|rapport"
    r"|cuál|cuáles|cuánto|cuánta|cuántos|cuántas|fue|fueron|es|son|el|los|las|del|y|ejercicio|año"
    r"|fiscal|según|informe|qué|formerly known as \w+)\b|\([^()]*\)|['’]s\b",
    re.IGNORECASE,
)
_TAX_RATE = re.compile(r"\b(?:tax|interest|discount) rate\b|\b(?:steuer|zins)satz\b", re.IGNORECASE)
_RATES = re.compile(r"\brates?\b|%|\bper ?cent(?:age)?\b|\bprozent\b|\bpour ?cent\b", re.IGNORECASE)
_TREND = re.compile(
    r"^\W*(?:does|do|has|have|is|are|did|was|were)\b.{0,120}"
    r"\b(?P<word>improv\w+|declin\w+|increas\w+|decreas\w+|worsen\w*|consistent|chang\w+|grow\w*)\b",
    re.IGNORECASE,
)
"""A question for a direction: it is answered by two figures."""

_TREND_WORDS = re.compile(
    r"\b(?:improv\w+|declin\w+|worsen\w*|historically|consistent|profile|trend|not fluctuating|roughly"
    r"|more than|each year)\b",
    re.IGNORECASE,
)
_WHICH_LOSS = re.compile(r"\bwhich\b.{0,60}\b(?:a|an|operating|net) (?:\w+ )?loss(?:es)?\b", re.IGNORECASE)
_LARGE = re.compile(r"\bhow (?:large|big|high)\b|\bit\b|\b(?:made|make|had|reported)\b", re.IGNORECASE)

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
    definition = _DEFINITION.search(question)
    asked = question[: definition.start()] + question[definition.end() :] if definition else question
    core = _core(asked)
    kind, measures, rows = _kind(core, bool(definition))
    trend = bool(_TREND.search(core)) and kind == "ratio"
    names_rows = kind == "lookup" and _NAMES_ROWS.search(core)
    if names_rows or _NOT_ASKED.search(core) or not (trend or _ASKS.search(core)):
        return None
    extreme = _EXTREME.search(core)
    places = _PLACES.search(question)
    unit = _IN_UNIT.search(question)
    last = _LAST.search(core)
    return Request(
        kind=kind,
        measures=measures,
        periods=range_in(core) if kind == "average" or _AVERAGE.search(core) else tuple(periods_in(core)),
        last=_number(last[1]) if last else 0,
        places=_number(places[1]) if places else None,
        unit=read_unit(unit[1]) if unit else NO_UNIT,
        rows=rows,
        lowest=bool(extreme and extreme["low"]) or bool(_WHICH_LOSS.search(core)),
        loss=bool(_WHICH_LOSS.search(core)),
        percent=bool(
            re.search(r"%|per ?cent|prozent|pour ?cent|rate\b|growth|porcentaje|por ciento", core, re.IGNORECASE)
        ),
        averaged=bool(_AVERAGE.search(core)),
        statements=tuple(name for name, pattern in STATEMENTS.items() if pattern.search(question)),
        formula=definition["formula"].strip() if definition else "",
        question=core,
        trend=trend,
    )


def asked_terms(text: str, language: str = "") -> list[Term]:
    """Return the terms of a measure as a question words it, without periods and words of the question itself."""
    text = without_periods(text)
    for pattern in (*STATEMENTS.values(), _LAST, _YEAR_OVER_YEAR, _LATEST, _IN_UNIT):
        text = pattern.sub(" ", text)
    return terms(re.sub(r"[?!.,;:\"“”„]", " ", text), language, _FRAME)


def _core(question: str) -> str:
    """Return the sentences that ask, without instructions around them."""
    split = [_without_lead(part) for part in re.split(r"(?<=[.?!])\s+(?=[A-ZÄÖÜÉ¿])", question)]
    sentences = [part for part in split if not _BOILERPLATE.match(part)]
    kept = [part for part in (sentences or [question]) if _ASKS.search(part) or _TREND.search(part)]
    return " ".join(kept or sentences or [question])


def _without_lead(sentence: str) -> str:
    """Return a sentence from its question word on, if a clause without a measure leads to it."""
    lead = re.match(rf"^(?P<lead>.{{10,}}?[,:])\s*(?={_ASKS.pattern})", sentence, re.IGNORECASE)
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
    if _EXTREME.search(core) and (year := _WHICH_YEAR.search(core)):
        return "extreme", (_EXTREME.sub(" ", core.replace(year[0], " ")),), False
    if _WHICH_LOSS.search(core):
        return "extreme", (_LARGE.sub(" ", core),), True
    if _WHICH_COMPARED.search(core) or (_EXTREME.search(core) and _WHICH_ROW.search(core)):
        return "extreme", (_EXTREME.sub(" ", core),), True
    if measures := _ratio(core):
        return "ratio", measures, False
    if _AVERAGE.search(core):
        return "average", (_AVERAGE.sub(" ", core),), False
    if _SUM.search(core):
        return "sum", (_SUM.sub(" ", core),), False
    if _CHANGE.search(core) or _YEAR_OVER_YEAR.search(core):
        measure = _CHANGE.sub(" ", core)
        return "change", (measure if _TAX_RATE.search(core) else _RATES.sub(" ", measure),), False
    return "lookup", (core,), False


def _ratio(core: str) -> tuple[str, ...]:
    """Return the two measures of a ratio, and for one known by name the rest of the question; () if it asks none."""
    for pattern in _RATIO:
        if match := pattern.search(core):
            return (_AVERAGE.sub(" ", match["a"]), match["b"])
    for pattern, measures in _MARGINS:
        if pattern.search(core):
            rest = _TREND_WORDS.sub(" ", _AVERAGE.sub(" ", pattern.sub(" ", _RATES.sub(" ", core))))
            return tuple(f"{measure} {rest}" for measure in measures)
    return ()


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word.lower(), 0)
