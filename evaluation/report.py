"""Summarise the measures of many answers in one report. A share is in [0, 1], or None without cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.kind_report import JudgedQuestion, KindReport, VerdictReport, by_kind, verdicts_by_kind
from evaluation.metrics import Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerableReport:
    """Measures of the answerable cases. `wrong` were answered, but contain no gold answer.

    `contained_respelt` accepts another spelling of a figure, date or unit; `wrong` does not.
    Of the `short` cases, those with a short gold answer, are `contained`, `contained_respelt`, `exact` and `wrong`; of
    the `compared` ones, with a gold answer of any length, `f1` and `recall`; of all, `refused`.
    """

    cases: int
    short: int
    compared: int
    contained: float | None
    exact: float | None
    f1: float | None
    recall: float | None
    refused: float | None
    wrong: float | None
    contained_respelt: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionReport:
    """Shares of unanswerable cases refused and answered; then measures over both kinds, refusal being the positive."""

    unanswerable: int
    refused: float | None
    answered: float | None
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class CitationReport:
    """Measures of the answered cases with gold passages or pages: `precision` over citations, `recall` over cases.

    `exact` is the share of all `quotes` that equal, character by character, their place in the stored page; less
    than 1 is a bug.
    """

    cases: int
    precision: float | None
    recall: float | None
    quotes: int
    exact: float | None


@dataclass(frozen=True, slots=True)
class SupportReport:
    """Shares of the sentences of answered cases by their support."""

    sentences: int
    supported: float | None
    weak: float | None
    unsupported: float | None


@dataclass(frozen=True, slots=True)
class AttackReport:
    """Shares of the cases with an attack whose answer carries it out, or whose refused draft does."""

    cases: int
    obeyed: float | None
    obeyed_in_draft: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UngroundedReport:
    """The figures and names written in answers, and how many of them no passage and no question has."""

    figures: int
    ungrounded_figures: int
    names: int
    ungrounded_names: int

    @property
    def figure_share(self) -> float | None:
        """The share of the figures."""
        return _ratio(self.ungrounded_figures, self.figures)

    @property
    def name_share(self) -> float | None:
        """The share of the names."""
        return _ratio(self.ungrounded_names, self.names)


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """Seconds of whole answers, decoding tokens per second, and the share of time spent outside retrieval and model."""

    p50_s: float
    p95_s: float
    tokens_per_s: float | None
    other_share: float | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Effect of a strictness (a threshold of the confidence): refused cases of both kinds, gold answers contained.

    `precision` is the share of refused cases that are unanswerable.
    """

    strictness: float
    answerable_refused: float | None
    unanswerable_refused: float | None
    precision: float | None
    contained: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `citewell eval answers` prints. `curve` begins at the strictness of the run: below it, none is known.

    `verdicts` are of the cases compared canonically, `kinds` of those graded by key points; `questions` are both.
    """

    set: str
    model: str
    cases: int
    answerable: AnswerableReport
    abstention: AbstentionReport
    citations: CitationReport
    support: SupportReport
    attacks: AttackReport
    speed: SpeedReport
    curve: tuple[CurvePoint, ...]
    ungrounded: UngroundedReport
    verdicts: tuple[VerdictReport, ...]
    kinds: tuple[KindReport, ...]
    questions: tuple[JudgedQuestion, ...]


def summarise(
    name: str,
    model: str,
    measures: Sequence[Measures],
    strictness: float,
    questions: Sequence[JudgedQuestion],
    ungrounded: UngroundedReport,
) -> Report:
    """Return the report of the measures of at least one case, all asked with this `strictness`."""
    return Report(
        set=name,
        model=model,
        cases=len(measures),
        answerable=_answerable([m for m in measures if m.answerable]),
        abstention=_abstention([m for m in measures if m.answerable is not None]),
        citations=_citations(measures),
        support=_support([m for m in measures if not m.refused]),
        attacks=_attacks([m for m in measures if m.obeyed is not None]),
        speed=_speed(measures),
        curve=tuple(_curve_point(measures, step / 20) for step in range(1, 20) if step / 20 >= strictness),
        ungrounded=ungrounded,
        verdicts=verdicts_by_kind(measures),
        kinds=by_kind(measures),
        questions=tuple(questions),
    )


def _curve_point(measures: Sequence[Measures], strictness: float) -> CurvePoint:
    answerable, unanswerable = ([m for m in measures if m.answerable is kind] for kind in (True, False))
    refused = [m for m in [*answerable, *unanswerable] if m.confidence < strictness]
    return CurvePoint(
        strictness,
        answerable_refused=_share(answerable, lambda m: m.confidence < strictness),
        unanswerable_refused=_share(unanswerable, lambda m: m.confidence < strictness),
        precision=_share(refused, lambda m: not m.answerable),
        contained=_share(
            [m for m in answerable if m.could_contain is not None],
            lambda m: bool(m.could_contain) and m.confidence >= strictness,
        ),
    )


def _answerable(measures: Sequence[Measures]) -> AnswerableReport:
    short = [m for m in measures if m.contained is not None]
    f1 = [m.f1 for m in measures if m.f1 is not None]
    recall = [m.recall for m in measures if m.recall is not None]
    return AnswerableReport(
        cases=len(measures),
        short=len(short),
        compared=len(f1),
        contained=_share(short, lambda m: bool(m.contained)),
        exact=_share(short, lambda m: bool(m.exact)),
        f1=_ratio(sum(f1), len(f1)),
        recall=_ratio(sum(recall), len(recall)),
        refused=_share(measures, lambda m: m.refused),
        wrong=_share(short, lambda m: not m.refused and not m.contained),
        contained_respelt=_share(short, lambda m: bool(m.contained_respelt)),
    )


def _abstention(measures: Sequence[Measures]) -> AbstentionReport:
    unanswerable = [m for m in measures if not m.answerable]
    refused = [m for m in measures if m.refused]
    right = sum(m.refused for m in unanswerable)
    return AbstentionReport(
        unanswerable=len(unanswerable),
        refused=_ratio(right, len(unanswerable)),
        answered=_share(unanswerable, lambda m: not m.refused),
        precision=_ratio(right, len(refused)),
        recall=_ratio(right, len(unanswerable)),
        f1=_ratio(2 * right, len(refused) + len(unanswerable)),
    )


def _citations(measures: Sequence[Measures]) -> CitationReport:
    judged = [m for m in measures if m.gold_citations is not None]
    quotes = sum(m.citations for m in measures)
    return CitationReport(
        len(judged),
        precision=_ratio(sum(m.gold_citations or 0 for m in judged), sum(m.citations for m in judged)),
        recall=_share(judged, lambda m: bool(m.gold_citations)),
        quotes=quotes,
        exact=_ratio(sum(m.exact_quotes for m in measures), quotes),
    )


def _support(answered: Sequence[Measures]) -> SupportReport:
    supported, weak, unsupported = (
        sum(getattr(m, kind) for m in answered) for kind in ("supported", "weak", "unsupported")
    )
    total = supported + weak + unsupported
    return SupportReport(total, _ratio(supported, total), _ratio(weak, total), _ratio(unsupported, total))


def _attacks(attacked: Sequence[Measures]) -> AttackReport:
    return AttackReport(
        len(attacked),
        obeyed=_share(attacked, lambda m: bool(m.obeyed) and not m.refused),
        obeyed_in_draft=_share(attacked, lambda m: bool(m.obeyed) and m.refused),
    )


def _speed(measures: Sequence[Measures]) -> SpeedReport:
    seconds = [m.total_s for m in measures]
    written = [m for m in measures if m.decode_s]
    timed = [m for m in measures if m.other_s is not None]
    return SpeedReport(
        float(np.percentile(seconds, 50)),
        float(np.percentile(seconds, 95)),
        tokens_per_s=_ratio(sum(m.output_tokens for m in written), sum(m.decode_s for m in written)),
        other_share=_ratio(sum(m.other_s or 0.0 for m in timed), sum(m.total_s for m in timed)),
    )


def _share(measures: Sequence[Measures], holds: Callable[[Measures], bool]) -> float | None:
    return _ratio(sum(map(holds, measures)), len(measures))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
