"""Measure which planted errors the support check catches: `python -m benchmarks.quality.planted FILE.jsonl [--judge]`.

The cases are those of `citewell eval answers`. Each case with gold gives true statements, and each of these one change
of every kind that applies. A true statement should be supported and cited from its gold passage; a changed one should
no longer be supported. The check is the product's own: its comparison of words, and with `--judge` the default model's
opinion too, as in the app, which is slow. No model generates.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.planted_errors import KINDS, Context, Kind, changes, find_names, guesses
from benchmarks.quality.statements import Form, Statement, as_statement, true_statements
from evaluation.case_selection import sample, shuffled
from evaluation.cases import Case, read_cases
from evaluation.given_passages import as_passages
from evaluation.records import read_records
from evaluation.set_files import EvaluationError
from rag.grounding.citations import Citer, weakest
from rag.interfaces import Scorer
from rag.services import Services
from rag.settings import load_settings
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
    kind: Kind | None
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
    without true ones.
    """

    kind: Kind
    statements: int
    caught: float
    unsupported: float
    auc: float | None
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures that are printed. `ms` is the time to cite a statement, without any cache."""

    set: str
    cases: int
    true: tuple[TrueReport, ...]
    changed: tuple[ChangedReport, ...]
    ms: float
    doubted: tuple[str, ...]


def main() -> None:
    """Print the figures of true and of changed statements, and examples of mistakes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--limit", type=int, help="take a random sample of so many cases")
    parser.add_argument("--seed", type=int, default=0, help="which sample, and which errors")
    parser.add_argument("--records", type=Path, help="of 'citewell eval answers --out': their supported sentences too")
    parser.add_argument("--judge", action="store_true", help="also by the language model's judgement")
    parser.add_argument("--examples", type=int, default=2, help="examples of each kind of mistake")
    options = parser.parse_args()
    with Services(load_settings()) as services:
        scorer = services.scorer if options.judge else services.words_scorer
        report = evaluate(options.file, scorer, options.limit, options.seed, options.records)
    print(f"{report.set}: {report.cases} cases, {report.ms:.1f} ms to cite a statement")
    print("statements\thow many\tsupported\tunsupported\tcitation precision\tcitation recall")
    for true in report.true:
        precision = "–" if true.precision is None else f"{true.precision:.3f}"
        shares = f"{true.supported:.3f}\t{true.unsupported:.3f}\t{precision}\t{true.recall:.3f}"
        print(f"{true.form}\t{true.statements}\t{shares}")
    print("error\thow many\tno longer supported\tunsupported\tAUC")
    for changed in report.changed:
        auc = "–" if changed.auc is None else f"{changed.auc:.3f}"
        print(f"{changed.kind}\t{changed.statements}\t{changed.caught:.3f}\t{changed.unsupported:.3f}\t{auc}")
    for text in report.doubted[: options.examples]:
        print(f"true, but doubted: {text}")
    for changed in report.changed:
        for text in changed.missed[: options.examples]:
            print(f"missed, {changed.kind}: {text}")


def evaluate(file: Path, scorer: Scorer, limit: int | None, seed: int, records: Path | None) -> Report:
    """Judge true and changed statements of the cases of a file, and supported sentences of records of their answers.

    Raises:
        EvaluationError: the file has no case with passages, gold and answers.
    """
    cases = sample(read_cases(file), limit, seed, lambda case: case.id)
    stored = _stored(records, {case.id: case for case in cases}) if records else []
    judged: list[Judged] = []
    for case in cases:
        statements = [*true_statements(case), *(statement for statement in stored if statement.case.id == case.id)]
        for statement in statements:
            judged.append(_judge(statement, None, statement.text, scorer))
            if statement.form not in _WITHOUT_ERRORS:
                planted = _planted(statement, _foreign_names(case, cases, seed), seed)
                judged += [_judge(statement, kind, text, scorer) for kind, text in planted]
        guessed = _guessed(case, seed)
        judged += [_judge(statement, "unanswerable", statement.text, scorer) for statement in guessed]
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
            for kind in (*KINDS, "unanswerable")
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


def _of_kind(kind: Kind, judged: Sequence[Judged], true: Sequence[Judged]) -> ChangedReport:
    return ChangedReport(
        kind=kind,
        statements=len(judged),
        caught=_share(one.support != "supported" for one in judged),
        unsupported=_share(one.support == "unsupported" for one in judged),
        auc=roc_auc([one.score for one in true], [one.score for one in judged]),
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


def _judge(statement: Statement, kind: Kind | None, text: str, scorer: Scorer) -> Judged:
    case, passages = statement.case, as_passages(statement.case)
    started = time.perf_counter()
    sentences = Citer(case.question, passages, scorer).sentences(text)
    seconds = time.perf_counter() - started
    citations = [citation for sentence in sentences for citation in sentence.citations]
    gold_texts = {case.passages[index].text for index in case.gold_passages}
    gold = sum(case.passages[citation.number - 1].text in gold_texts for citation in citations)
    score = min((max((c.score for c in s.citations), default=0.0) for s in sentences), default=0.0)
    return Judged(
        case=case.id,
        form=statement.form,
        kind=kind,
        text=text,
        support=weakest(sentences) or "supported",
        score=score,
        citations=len(citations),
        gold=gold,
        seconds=seconds,
    )


def _planted(statement: Statement, foreign_names: Sequence[str], seed: int) -> list[tuple[Kind, str]]:
    """Return one change of every kind that applies to the statement."""
    case = statement.case
    gold = "\n".join(case.passages[index].text for index in case.gold_passages)
    shown = "\n".join(f"{passage.title}\n{passage.text}" for passage in case.passages)
    context = Context(gold, f"{shown}\n{case.question}", foreign_names)
    return [
        (kind, shuffled(proposed, seed, lambda text: f"{case.id} {text}")[0])
        for kind in KINDS
        if (proposed := changes(kind, statement.text, context))
    ]


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
    return [
        Statement(case, "kept", sentence["text"])
        for record in read_records(records)
        if (case := cases.get(record.case.id)) and case.passages and not record.answer["abstained"]
        for sentence in record.answer["sentences"]
        if sentence["support"] == "supported"
    ]


if __name__ == "__main__":
    main()
