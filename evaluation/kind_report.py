"""Summarise answers graded by key points or compared canonically, by kind of question and over all."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from evaluation.canonical import Verdict
from evaluation.key_points import Grade
from evaluation.metrics import Measures

ALL_KINDS = "all kinds"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """Figures of the questions of a kind; None where none of them counts.

    `recall` is the mean share of key points reached over the answerable ones, `all_points` and `half` the shares that
    reach all and at least half of them. `wrong` is a share of all questions; `answerable_refused` should be low,
    `unanswerable_refused` high. `words` is the mean length of the answers given, `unsupported` the share of their
    sentences that no passage supports, `seconds` the median.
    """

    kind: str
    questions: int
    recall: float | None
    all_points: float | None
    half: float | None
    wrong: float | None
    answerable_refused: float | None
    unanswerable_refused: float | None
    words: float | None
    unsupported: float | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReport:
    """Shares of the cases compared canonically, all or of one `kind`; `unjudged` answers are left to people."""

    kind: str
    cases: int
    right: float
    wrong: float
    refused: float
    unjudged: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    """A question with its answer and what was found of it, to be read by people.

    `grade` is by key points, `verdict` by canonical comparison with the `gold` answer.
    """

    id: str
    kind: str
    question: str
    answer: str
    gold: str = ""
    grade: Grade | None = None
    verdict: Verdict | None = None


def by_kind(measures: Sequence[Measures]) -> tuple[KindReport, ...]:
    """Return the figures of each kind in the order of the questions, then of all; nothing if none is graded."""
    groups = _groups([m for m in measures if m.grade is not None])
    return tuple(_figures(kind, group) for kind, group in groups.items())


def verdicts_by_kind(measures: Sequence[Measures]) -> tuple[VerdictReport, ...]:
    """Return the shares of verdicts of each kind, then of all; nothing if none is compared."""
    groups = _groups([m for m in measures if m.verdict is not None])
    return tuple(_verdicts(kind, group) for kind, group in groups.items())


def _groups(measures: Sequence[Measures]) -> dict[str, list[Measures]]:
    kinds = list(dict.fromkeys(m.kind for m in measures if m.kind))
    groups = {kind: [m for m in measures if m.kind == kind] for kind in kinds}
    return groups | ({ALL_KINDS: list(measures)} if measures else {})


def _verdicts(kind: str, measures: Sequence[Measures]) -> VerdictReport:
    found = Counter(m.verdict for m in measures)
    return VerdictReport(
        kind=kind,
        cases=len(measures),
        right=found["right"] / len(measures),
        wrong=found["wrong"] / len(measures),
        refused=found["refused"] / len(measures),
        unjudged=found["unjudged"] / len(measures),
    )


def _figures(kind: str, measures: Sequence[Measures]) -> KindReport:
    grades = [(m.grade, bool(m.answerable)) for m in measures if m.grade is not None]
    recalls = [grade.recall for grade, _ in grades if grade.recall is not None]
    answered = [m for m in measures if m.grade is not None and not m.grade.refused]
    sentences = sum(m.supported + m.weak + m.unsupported for m in answered)
    return KindReport(
        kind=kind,
        questions=len(measures),
        recall=_mean(recalls),
        all_points=_share(recalls, lambda recall: recall == 1),
        half=_share(recalls, lambda recall: recall >= 0.5),
        wrong=_mean(grade.wrong for grade, _ in grades),
        answerable_refused=_mean(grade.refused for grade, is_answerable in grades if is_answerable),
        unanswerable_refused=_mean(grade.refused for grade, is_answerable in grades if not is_answerable),
        words=_mean(grade.words for grade, _ in grades if grade.words is not None),
        unsupported=sum(m.unsupported for m in answered) / sentences if sentences else None,
        seconds=median(m.total_s for m in measures),
    )


def _share(values: Iterable[float], holds: Callable[[float], bool]) -> float | None:
    return _mean(map(holds, values))


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None
