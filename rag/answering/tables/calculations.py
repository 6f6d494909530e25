"""Compute what a request asks from the cells found: each kind of computation, and the cells to cite as operands."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.answering.tables.cell_lookup import KINDS_OF_ROWS, Finder, Hit
from rag.answering.tables.formulas import (
    Expression,
    Leaf,
    Operation,
    as_text,
    average,
    evaluate,
    leaves,
    parse_formula,
    total,
)
from rag.answering.tables.periods import Period, without_periods
from rag.answering.tables.result_wording import ResultWording, listed, say, say_number
from rag.answering.tables.table_request import Kind, Request, asked_terms
from rag.text.characters import shortened
from rag.text.figures import PERCENT, POINTS
from rag.text.measure_terms import RATE, label_terms, terms
from rag.types.computed import Computation, Computed, Operand

_MAX_PERIODS = 12
_GUESSED_PERIOD = 0.9
"""Factor of the confidence where the question names no period and the latest is taken."""

_MAX_LABEL = 80
_CAPTION_FRAME = re.compile(r"^\w+ \d[\d.\-–]*\s*[.:|)–—-]\s*|\s*\([^()]*\)|\s+by \w+$|[.:]\s*$")
"""The number of a table, its unit in brackets and what its rows are."""


class Calculator:
    """Compute what one request asks from the tables of one or more documents."""

    def __init__(self, request: Request, finder: Finder, language: str) -> None:
        self._request = request
        self._finder = finder
        self._language = language
        self._operands = Operands(language)
        self._words = ResultWording(request, language)
        self._phrases = self._words.phrases

    def compute(self) -> Computed | None:
        """Return the result; None if a cell is missing or not sure."""
        kinds: Mapping[Kind, Callable[[], Computed | None]] = {
            "lookup": self._lookup,
            "change": self._change,
            "ratio": self._ratio,
            "sum": self._sum,
            "average": self._average,
            "extreme": self._extreme_row if self._request.rows else self._extreme_period,
            "formula": self._formula,
        }
        return kinds[self._request.kind]()

    def _lookup(self) -> Computed | None:
        hits = self._series(self._request.measures[0])
        if not hits:
            return None
        for hit in hits:
            self._operands.leaf(hit)
        said = [self._words.hit(hit) for hit in hits]
        values = self._with_periods(said, hits)
        return self._result(self._phrases.value.format(label=_label_of(hits[0]), values=values), results=said)

    def _change(self) -> Computed | None:
        periods = self._two_periods()
        if not periods:
            return None
        first, last = (self._find(self._request.measures[0], period) for period in periods)
        if not first or not last or first.figure.unit != last.figure.unit:
            return None
        if first.figure.unit == PERCENT and RATE in terms(self._request.question):
            return None  # "comparable sales % change" is a printed figure, not a change of one
        before, after = self._operands.leaf(first), self._operands.leaf(last)
        difference = Operation("−", after, before)
        by, results, expression = self._said_change(difference, before)
        said = [f"{self._words.hit(hit)} ({period})" for hit, period in zip((first, last), periods, strict=True)]
        amount = evaluate(difference).amount
        statement = self._words.change(amount, label=_label_of(last), by=by, first=said[0], last=said[1])
        return self._result(statement, expression, results)

    def _said_change(self, difference: Operation, before: Leaf) -> tuple[str, list[str], str]:
        """Return a change as an amount and in percent, the figures in it, and its expression."""
        change = evaluate(difference)
        if change.unit == PERCENT:
            change = replace(change, unit=POINTS)
        amount = self._words.amount(replace(change, amount=abs(change.amount)), change.decimals)
        if before.quantity.amount <= 0 or change.unit == POINTS:
            return amount, [amount], f"{as_text(difference)} = {self._words.amount(change, change.decimals)}"
        share = Operation("/", difference, before)
        percent = self._words.percent(evaluate(share))
        unsigned = percent.lstrip("−")
        return f"{amount} ({unsigned})", [amount, unsigned], f"{as_text(share)} = {percent}"

    def _ratio(self) -> Computed | None:
        periods: Sequence[Period | None] = self._request.periods[:_MAX_PERIODS] or (None,)
        if self._request.trend and len(periods) == 1:
            periods = self._two_periods() or ()
        ratios: list[Expression] = []
        for period in periods:
            pair = self._pair(period)
            if not pair:
                return None
            ratios.append(Operation("/", *pair))
        if not ratios:
            return None
        if self._request.averaged:
            ratios = [average(ratios)]
        said = [self._words.ratio(evaluate(ratio)) for ratio in ratios]
        operands = self._operands.all()
        names = [str(period) for period in periods if period] or [operands[0].period]
        over = [f"{names[0]}–{names[-1]}"] if self._request.averaged and len(names) > 1 else names
        values = listed(
            [f"{text} ({name})" if name else text for text, name in zip(said, over, strict=True)], self._language
        )
        sentence = self._phrases.ratio.format(label=self._label(0), base=self._label(1), values=values)
        texts = [f"{as_text(ratio)} = {text}" for ratio, text in zip(ratios, said, strict=True)]
        return self._result(sentence, "; ".join(texts), said)

    def _pair(self, period: Period | None) -> tuple[Leaf, Leaf] | None:
        """Return the two amounts of a ratio, of the same period and unit."""
        hits = [self._find(measure, period) for measure in self._request.measures[:2]]
        one, base = hits
        if not one or not base or one.entry.period != base.entry.period or one.figure.unit != base.figure.unit:
            return None
        return self._operands.leaf(one), self._operands.leaf(base)

    def _sum(self) -> Computed | None:
        period = self._request.periods[0] if len(self._request.periods) == 1 else None
        if len(self._request.periods) > 1:
            hits = self._series(self._request.measures[0])
        else:
            hits = self._finder.several(self._terms(self._request.measures[0]), period)
        if len(hits) < 2 or len({hit.figure.unit for hit in hits}) > 1:
            return None
        expression = total([self._operands.leaf(hit) for hit in hits])
        result = evaluate(expression)
        said = self._words.amount(result, self._words.places(result))
        label = listed(list(dict.fromkeys(_label_of(hit) for hit in hits)), self._language)
        where = " (" + ", ".join(dict.fromkeys(str(hit.entry.period) for hit in hits if hit.entry.period)) + ")"
        sentence = self._phrases.total.format(label=label, values=said + (where if where != " ()" else ""))
        return self._result(sentence, f"{as_text(expression)} = {said}", [said])

    def _average(self) -> Computed | None:
        hits = self._series(self._request.measures[0])
        if len(hits) < 2:
            return None
        expression = average([self._operands.leaf(hit) for hit in hits])
        result = evaluate(expression)
        said = self._words.amount(result, self._words.places(result))
        over = "–".join(str(period) for period in sorted((hits[0].entry.period, hits[-1].entry.period)) if period)  # type: ignore[type-var]
        sentence = self._phrases.average.format(label=_label_of(hits[0]), over=over, values=said)
        return self._result(sentence, f"{as_text(expression)} = {said}", [said])

    def _extreme_period(self) -> Computed | None:
        hits = self._series(self._request.measures[0], every=True)
        if len(hits) < 2:
            return None
        return self._extreme(hits, [str(hit.entry.period) for hit in hits], _label_of(hits[0]))

    def _extreme_row(self) -> Computed | None:
        period = self._request.periods[0] if self._request.periods else None
        hits = self._finder.rows(self._terms(self._request.measures[0]), period)
        if len(hits) < 2:
            return None
        if self._request.loss and sum(hit.figure.value < 0 for hit in hits) != 1:
            return None
        return self._extreme(hits, [_label_of(hit) for hit in hits], _measure_of_rows(hits[0]))

    def _extreme(self, hits: Sequence[Hit], names: Sequence[str], label: str) -> Computed | None:
        """Return the highest or lowest of some cells; None if two are, or their units differ."""
        amounts = [hit.figure.amount for hit in hits]
        pick = min(amounts) if self._request.lowest else max(amounts)
        if amounts.count(pick) > 1 or len({hit.figure.unit for hit in hits}) > 1:
            return None
        at = amounts.index(pick)
        order = [at, *(number for number in range(len(hits)) if number != at)]
        for number in order:
            self._operands.leaf(hits[number])
        said = {number: self._words.hit(hits[number]) for number in order}
        earlier = self._in_other_periods(hits[at], names[at]) if self._request.rows else []
        others = ", ".join([*earlier, *(f"{names[number]} {said[number]}" for number in order[1:4])])
        statement = self._words.extreme(label, names[at], said[at], others, is_lowest=self._request.lowest)
        return self._result(statement, results=[names[at], said[at]])

    def _in_other_periods(self, hit: Hit, name: str) -> list[str]:
        """Return the figures of the same row in the other periods that the question names."""
        found = []
        for entry in hit.line.entries:
            if entry.period in self._request.periods and entry.period != hit.entry.period:
                other = replace(hit, entry=entry)
                self._operands.leaf(other)
                found.append(f"{name} ({entry.period}) {self._words.hit(other)}")
        return found

    def _formula(self) -> Computed | None:
        default = max(self._request.periods, default=None)

        def measure(name: str, period: Period | None) -> Expression | None:
            hit = self._find(name, period or default)
            return self._operands.leaf(hit) if hit else None

        expression = parse_formula(self._request.formula, measure)
        if expression is None or not any(leaf.source >= 0 for leaf in leaves(expression)):
            return None
        result = evaluate(expression)
        said = self._words.formula(result)
        name = self._request.formula.rstrip(" .")
        when = f" ({default})" if default else ""
        return self._result(
            self._phrases.value.format(label=name, values=said + when), f"{as_text(expression)} = {said}", [said]
        )

    def _series(self, measure: str, *, every: bool = False) -> list[Hit]:
        """Return the cells of a measure in the periods asked for; [] if one is missing. `every`: in all there are."""
        periods: Sequence[Period | None] = self._request.periods
        if every or self._request.last:
            newest = self._finder.find(self._terms(measure), None)
            known = {entry.period for entry in newest.line.entries if entry.period} if newest else set()
            if len(self._request.periods) < 2:
                ordered = sorted(known, reverse=True)[: self._request.last or _MAX_PERIODS]
                periods = [period for period in ordered if period.part == ordered[0].part]
        hits = [self._find(measure, period) for period in (periods or (None,))[:_MAX_PERIODS]]
        found = [hit for hit in hits if hit]
        return found if len(found) == len(hits) else []

    def _two_periods(self) -> tuple[Period, Period] | None:
        periods = sorted(self._request.periods)
        if len(periods) > 2 or len({period.part for period in periods}) > 1:
            return None
        if len(periods) == 2:
            return periods[0], periods[1]
        last = periods[0] if periods else None
        if last is None:
            newest = self._finder.find(self._terms(self._request.measures[0]), None)
            last = newest.entry.period if newest else None
        return (last._replace(year=last.year - 1), last) if last else None

    def _find(self, measure: str, period: Period | None) -> Hit | None:
        hit = self._finder.find(self._terms(measure), period)
        if hit and period is None and hit.entry.period:
            return replace(hit, confidence=hit.confidence * _GUESSED_PERIOD)
        return hit

    def _terms(self, measure: str) -> list[str]:
        return asked_terms(measure, self._language)

    def _label(self, number: int) -> str:
        return self._operands.all()[number].row.rpartition(": ")[2]

    def _with_periods(self, said: Sequence[str], hits: Sequence[Hit]) -> str:
        named = [
            f"{text} ({hit.entry.period})" if hit.entry.period else text for text, hit in zip(said, hits, strict=True)
        ]
        return listed(named, self._language)

    def _result(self, statement: str, expression: str = "", results: Sequence[str] = ()) -> Computed:
        return self._operands.computed(self._request.kind, statement, expression, results)


class Operands:
    """Collect the cells of one calculation, each once, in the order of their use."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._hits: list[Hit] = []

    @property
    def confidence(self) -> float:
        """How surely all of them are the cells that were asked for."""
        return min((hit.confidence for hit in self._hits), default=0.0)

    def leaf(self, hit: Hit) -> Leaf:
        """Return a cell as a leaf of an expression, and keep it as an operand."""
        places = [(each.grid.document_id, each.grid.page, each.entry.start) for each in self._hits]
        place = (hit.grid.document_id, hit.grid.page, hit.entry.start)
        if place not in places:
            self._hits.append(hit)
            places.append(place)
        figure = hit.figure
        text = say_number(figure.value, figure.places, self._language)
        if figure.scale != self._hits[0].figure.scale:
            text = say(hit.quantity, figure.places, self._language)
        return Leaf(hit.quantity, text, places.index(place))

    def all(self) -> tuple[Operand, ...]:
        """Return the operands."""
        return tuple(_operand(hit) for hit in self._hits)

    def computed(self, kind: Computation, statement: str, expression: str, results: Sequence[str]) -> Computed:
        """Return a result that was computed from them."""
        return Computed(
            kind=kind,
            statement=statement,
            expression=expression,
            results=tuple(results),
            operands=self.all(),
            confidence=round(self.confidence, 2),
            language=self._language,
        )


def _label_of(hit: Hit) -> str:
    """Return how a sentence calls the measure of a cell: its row's label, after the group that a bare total is in."""
    label = hit.line.label.strip(" :")
    for group in reversed(hit.line.groups if label.lower() in ("consolidated", "total", "gesamt") else ()):
        return f"{group}, {label}"[:_MAX_LABEL]
    return shortened(label, _MAX_LABEL)


def _measure_of_rows(hit: Hit) -> str:
    """Return what the rows of a table are compared by: their group, their column, or what the caption says."""
    heads = (*hit.line.groups[::-1], without_periods(hit.entry.head).strip(), _CAPTION_FRAME.sub("", hit.grid.caption))
    measures = (head for head in heads if set(label_terms(head)) - KINDS_OF_ROWS)
    return next(measures, "").strip()[:_MAX_LABEL]


def _operand(hit: Hit) -> Operand:
    figure, entry = hit.entry.figure, hit.entry
    scale = {3: " thousand", 6: " million", 9: " billion"}.get(figure.scale, "")
    return Operand(
        document_id=hit.grid.document_id,
        document=hit.grid.document,
        page=hit.grid.page,
        start=entry.start,
        end=entry.end,
        text=entry.text,
        quote_start=entry.row.start,
        quote_end=entry.row.end,
        quote=hit.grid.text[entry.row.start : entry.row.end],
        row=": ".join((*hit.line.groups, hit.line.label)),
        column=entry.head,
        unit=f"{figure.unit}{scale}".strip(),
        period=str(entry.period) if entry.period else "",
    )
