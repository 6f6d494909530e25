"""`citewell eval planted`: true statements and planted errors, judged by the product's own citer. No model generates.

Each case with gold gives true statements, and each of these one change of every kind that applies. A true statement
should be supported and cited from its gold passage; a changed one should no longer be supported.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.answers.given_passages import as_passages
from evaluation.citation_check.planted_errors import KINDS, Context, Kind, changes, find_names, guesses
from evaluation.citation_check.planted_relations import RELATION_KINDS, RelationKind, relation_changes
from evaluation.citation_check.statements import Form, Statement, as_statement, true_statements
from evaluation.datasets.case_selection import sample, shuffled
from evaluation.datasets.cases import Case, read_cases
from evaluation.datasets.labelled_set import EvaluationError, explain
from rag.grounding.citations import Citer
from rag.interfaces import Scorer
from rag.runtime.progress import Progress
from rag.types import Support

_MAX_FOREIGN_NAMES = 40
_FORMS: tuple[Form, ...] = ("sentence", "reworded", "answer", "short", "asked", "kept")
_WITHOUT_ERRORS: frozenset[Form] = frozenset(["short"])
"""Forms too short for an error in them to say anything about the check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A statement, changed or not, as the citer judged it.

    `score` is that of its best citation, 0 without one; of its `citations`, `gold` point at gold passages.
    """

    case: str
    form: Form
    kind: Kind | RelationKind | None
    text: str
    support: Support
    score: float
    citations: int
    gold: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueReport:
    """Figures for true statements of one form. Citation precision is over citations, recall over statements."""

    form: Form
    statements: int
    supported: float
    unsupported: float
    precision: float | None
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedReport:
    """Figures for statements with one kind of error: `caught` are no longer supported, `unsupported` not even weakly.

    `auc` is how often a true statement of the same forms scores higher than a changed one, ties counting half, None
    without true ones;
    `by_form` is `caught` for each form of statement.
    """

    kind: Kind | RelationKind
    statements: int
    caught: float
    unsupported: float
    auc: float | None
    by_form: dict[str, float]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures of `citewell eval planted`. `ms` is the time to cite a statement, without any cache."""

    set: str
    cases: int
    true: tuple[TrueReport, ...]
    changed: tuple[ChangedReport, ...]
    ms: float
    doubted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """Which statements to judge: those of `limit` cases (None: all), and supported sentences of stored `records`."""

    limit: int | None = None
    seed: int = 0
    records: Path | None = None


def evaluate(file: Path, scorer: Scorer, progress: Progress, options: SampleOptions) -> Report:
    """Judge true and changed statements of the cases of a file.

    Raises:
        EvaluationError: the file cannot be read, or has no case with passages, gold and answers.
    """
    cases = sample(read_cases(file), options.limit, options.seed, lambda case: case.id)
    stored = _stored(options.records, {case.id: case for case in cases}) if options.records else []
    judged: list[Judged] = []
    for done, case in enumerate(cases, start=1):
        statements = [*true_statements(case), *(statement for statement in stored if statement.case.id == case.id)]
        for statement in statements:
            judged.append(_judge(statement, None, statement.text, scorer))
            if statement.form not in _WITHOUT_ERRORS:
                planted = _planted(statement, _foreign_names(case, cases, options.seed), options.seed)
                judged += [_judge(statement, kind, text, scorer) for kind, text in planted]
        guessed = _guessed(case, options.seed)
        judged += [_judge(statement, "unanswerable", statement.text, scorer) for statement in guessed]
        progress(f"planting errors in {file.name}", done, len(cases))
    if not judged:
        raise EvaluationError(f"{file} has no case with passages, gold_passages and answers to make statements of.")
    return summarise(file.stem, judged)


def summarise(name: str, judged: Sequence[Judged]) -> Report:
    """Return the figures of judged statements."""
    true = [one for one in judged if one.kind is None]
    return Report(
        set=name,
        cases=len({one.case for one in judged}),
        true=tuple(_of_form(form, found) for form in _FORMS if (found := [one for one in true if one.form == form])),
        changed=tuple(
            _of_kind(kind, found, [one for one in true if one.form not in _WITHOUT_ERRORS])
            for kind in (*KINDS, *RELATION_KINDS, "unanswerable")
            if (found := [one for one in judged if one.kind == kind])
        ),
        ms=1000 * sum(one.seconds for one in judged) / len(judged),
        doubted=tuple(f"{one.case} ({one.form}): {one.text}" for one in true if one.support != "supported"),
    )


def _of_form(form: Form, judged: Sequence[Judged]) -> TrueReport:
    citations = sum(one.citations for one in judged)
    return TrueReport(
        form=form,
        statements=len(judged),
        supported=_share(one.support == "supported" for one in judged),
        unsupported=_share(one.support == "unsupported" for one in judged),
        precision=sum(one.gold for one in judged) / citations if citations else None,
        recall=_share(one.gold > 0 for one in judged),
    )


def _of_kind(kind: Kind | RelationKind, judged: Sequence[Judged], true: Sequence[Judged]) -> ChangedReport:
    return ChangedReport(
        kind=kind,
        statements=len(judged),
        caught=_share(one.support != "supported" for one in judged),
        unsupported=_share(one.support == "unsupported" for one in judged),
        auc=roc_auc([one.score for one in true], [one.score for one in judged]),
        by_form={
            form: _share(one.support != "supported" for one in judged if one.form == form)
            for form in _FORMS
            if any(one.form == form for one in judged)
        },
        missed=tuple(f"{one.case} ({one.form}): {one.text}" for one in judged if one.support == "supported"),
    )


def roc_auc(true: Sequence[float], changed: Sequence[float]) -> float | None:
    """Return the area under the ROC curve: the share of pairs in which the true one scores higher, ties half.

    None if there are no pairs.
    """
    pairs = [(t > c) + (t == c) / 2 for t in true for c in changed]
    return sum(pairs) / len(pairs) if pairs else None


def _share(holds: Iterable[bool]) -> float:
    values = list(holds)
    return sum(values) / len(values)


def _judge(statement: Statement, kind: Kind | RelationKind | None, text: str, scorer: Scorer) -> Judged:
    case, passages = statement.case, as_passages(statement.case)
    started = time.perf_counter()
    sentences = Citer(case.question, passages, scorer).sentences(text)
    seconds = time.perf_counter() - started
    citations = [citation for sentence in sentences for citation in sentence.citations]
    worst: Support = next(
        (support for support in ("unsupported", "weak") if any(s.support == support for s in sentences)), "supported"
    )
    gold_texts = {case.passages[index].text for index in case.gold_passages}
    gold = sum(case.passages[citation.number - 1].text in gold_texts for citation in citations)
    score = min((max((c.score for c in s.citations), default=0.0) for s in sentences), default=0.0)
    return Judged(
        case=case.id,
        form=statement.form,
        kind=kind,
        text=text,
        support=worst,
        score=score,
        citations=len(citations),
        gold=gold,
        seconds=seconds,
    )


def _planted(statement: Statement, foreign_names: Sequence[str], seed: int) -> list[tuple[Kind | RelationKind, str]]:
    """Return one change of every kind that applies to the statement."""
    case = statement.case
    gold = "\n".join(case.passages[index].text for index in case.gold_passages)
    shown = "\n".join(f"{passage.title}\n{passage.text}" for passage in case.passages)
    context = Context(gold, f"{shown}\n{case.question}", foreign_names)
    proposals: list[tuple[Kind | RelationKind, list[str]]] = [
        *((kind, changes(kind, statement.text, context)) for kind in KINDS),
        *((kind, relation_changes(kind, statement.text, context)) for kind in RELATION_KINDS),
    ]
    planted: list[tuple[Kind | RelationKind, str]] = []
    for kind, proposed in proposals:
        if proposed:
            planted.append((kind, shuffled(proposed, seed, lambda text: f"{case.id} {text}")[0]))
    return planted


def _guessed(case: Case, seed: int) -> list[Statement]:
    """Return a question that its passages do not answer as a statement with one of their names or figures."""
    if case.can_be_answered is not False or not case.passages:
        return []
    found = shuffled(guesses("\n".join(p.text for p in case.passages)), seed, lambda guess: f"{case.id} {guess}")
    statement = as_statement(case.question, found[0]) if found else ""
    return [Statement(case, "asked", statement)] if statement else []


def _foreign_names(case: Case, cases: Sequence[Case], seed: int) -> list[str]:
    """Return names from the passages of other cases."""
    others = shuffled(cases, seed, lambda other: f"{case.id} {other.id}")[:_MAX_FOREIGN_NAMES]
    first = [other.passages[0].text for other in others if other.id != case.id and other.passages]
    found = [name for text in first for name in find_names(text)]
    return shuffled(found, seed, lambda name: f"{case.id} {name}")[:_MAX_FOREIGN_NAMES]


def _stored(records: Path, cases: dict[str, Case]) -> list[Statement]:
    """Return the supported sentences of these cases' answers from a file of `citewell eval answers --out`.

    Only answers from passages that the case itself has can be cited again.
    """
    try:
        rows = [json.loads(line) for line in records.read_text(encoding="utf-8").split("\n") if line.strip()]
        last = {row["id"]: row for row in rows}  # of a case that was asked more than once
        return [
            Statement(case, "kept", sentence["text"])
            for id_, row in last.items()
            if (case := cases.get(id_)) and case.passages and not row["answer"]["abstained"]
            for sentence in row["answer"]["sentences"]
            if sentence["support"] == "supported"
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{records} is not a file of records of answers: {explain(error)}. Make one with --out."
        ) from error
