"""`citewell eval answers`: measure whole answers, written by the real model, against gold."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, ModelOption, open_services, print_json

if TYPE_CHECKING:
    from evaluation.kind_report import JudgedQuestion, KindReport, VerdictReport
    from evaluation.report import CurvePoint, Report


CasesArgument = Annotated[Path, typer.Argument(help="Cases, one JSON object a line.", metavar="FILE.jsonl")]
LimitOption = Annotated[int | None, typer.Option(help="Ask a random sample of so many cases.", min=1)]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample: a larger one holds the smaller.")]
AtOnceOption = Annotated[int, typer.Option(help="Questions asked at the same time.", min=1, max=32)]
RecordsOption = Annotated[
    Path | None,
    typer.Option(
        help="Store every case with its answer and measures here, one a line. Cases that the file holds already, "
        "answered under the same settings, are not asked again, only judged again: a run that was stopped goes on. "
        "After a change of what is generated (prompt, model code), give another file.",
        metavar="RECORDS.jsonl",
    ),
]

KindOption = Annotated[
    list[str] | None, typer.Option("--kind", help="Ask only questions of this kind; may be repeated.", metavar="KIND")
]
ShowOption = Annotated[
    bool, typer.Option("--show", help="Print each graded question with its answer and what it missed.")
]


def eval_answers(
    file: CasesArgument,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    model: ModelOption = None,
    library: LibraryOption = None,
    at_once: AtOnceOption = 1,
    out: RecordsOption = None,
    kind: KindOption = None,
    show: ShowOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask labelled questions with the real model: right, wrong and refused answers, citations, support, seconds.

    A case has an id, a question, and passages, documents, or neither (then the library is asked); its other fields are
    in docs/evaluation.md.
    """
    from cli import output
    from evaluation import ask_cases

    with output.show_progress() as report:
        services = open_services(report, model=model, library=library)
        options = ask_cases.RunOptions(limit=limit, seed=seed, at_once=at_once, out=out, kinds=tuple(kind or ()))
        result = ask_cases.evaluate(file, services, report, options)
    if as_json:
        print_json(asdict(result))
        return
    _print_report(result)
    for question in result.questions if show else ():
        _print_question(question)


def _print_report(result: "Report") -> None:
    from cli import output

    output.print_table(
        f"{result.set}: {result.cases} cases, model {result.model}", ("measure", "value", "of"), _answer_rows(result)
    )
    if result.verdicts:
        columns = ("kind", "cases", "right", "wrong", "refused", "unjudged")
        output.print_table("Compared by figure, yes or no, and words", columns, map(_verdict_row, result.verdicts))
    if result.kinds:
        output.print_table("By kind of question, graded by key points", _KIND_COLUMNS, map(_kind_row, result.kinds))
    output.print_table(
        "What other thresholds would do (setting strictness)",
        ("strictness", "refused of answerable", "refused of unanswerable", "precision of refusals", "contained"),
        map(_curve_row, result.curve),
    )


_KIND_COLUMNS = ("kind", "n", "recall", "all", "half", "wrong", "refA", "refU", "words", "unsup", "sec")
"""`refA` and `refU` are the shares refused of the answerable and of the unanswerable questions."""


def _kind_row(report: "KindReport") -> list[str]:
    from cli.output import decimal

    shares = (report.recall, report.all_points, report.half, report.wrong)
    refused = (report.answerable_refused, report.unanswerable_refused)
    return [
        report.kind,
        str(report.questions),
        *(decimal(share, 2) for share in (*shares, *refused)),
        decimal(report.words, 0),
        decimal(report.unsupported, 2),
        decimal(report.seconds, 1),
    ]


def _verdict_row(report: "VerdictReport") -> list[str]:
    from cli.output import decimal

    shares = (report.right, report.wrong, report.refused, report.unjudged)
    return [report.kind, str(report.cases), *map(decimal, shares)]


def _print_question(judged: "JudgedQuestion") -> None:
    from cli import output

    answer = [f"  > {line}" for line in judged.answer.split("\n")]
    for line in ("", _verdict_line(judged), f"  {judged.question}", *answer, *_shortcomings(judged)):
        output.out.print(output.printable(line), highlight=False)


def _verdict_line(judged: "JudgedQuestion") -> str:
    grade = judged.grade
    recall = "" if grade is None or grade.recall is None else f"{grade.recall:.2f}"
    state = "" if grade is None else "refused" if grade.refused else "wrong" if grade.wrong else ""
    return " ".join(filter(None, (judged.id, judged.kind, recall, state or judged.verdict)))


def _shortcomings(judged: "JudgedQuestion") -> list[str]:
    missed = [f"  missed: {' | '.join(point)}" for point in judged.grade.missed] if judged.grade else []
    return missed + ([f"  gold: {judged.gold}"] if judged.verdict else [])


def _curve_row(point: "CurvePoint") -> list[str]:
    from cli import output

    shares = (point.answerable_refused, point.unanswerable_refused, point.precision, point.contained)
    return [f"{point.strictness:.2f}", *map(output.decimal, shares)]


def _answer_rows(report: "Report") -> list[tuple[str, str, str]]:
    """Return a row per measure: its name, its value, and what it is a share of."""
    from cli.output import decimal

    speed, of_answers = report.speed, f"{report.cases} answers"
    return [
        *((name, decimal(value), of) for name, value, of in (*_against_gold(report), *_of_sentences(report))),
        ("time outside retrieval and generation", decimal(speed.other_share), "all seconds"),
        ("seconds an answer, p50", decimal(speed.p50_s, 2), of_answers),
        ("seconds an answer, p95", decimal(speed.p95_s, 2), of_answers),
        ("tokens written a second", decimal(speed.tokens_per_s, 1), of_answers),
    ]


_Shares = list[tuple[str, float | None, str]]


def _against_gold(report: "Report") -> _Shares:
    answerable, abstention = report.answerable, report.abstention
    of_answerable, of_short = f"{answerable.cases} answerable", f"{answerable.short} with a short gold answer"
    of_compared = f"{answerable.compared} with a gold answer"
    of_unanswerable = f"{abstention.unanswerable} unanswerable"
    of_known = f"{answerable.cases + abstention.unanswerable} known"
    return [
        ("gold answer contained", answerable.contained, of_short),
        ("gold answer contained, figures in any spelling", answerable.contained_respelt, of_short),
        ("exact match", answerable.exact, of_short),
        ("wrong", answerable.wrong, of_short),
        ("token F1", answerable.f1, of_compared),
        ("token recall", answerable.recall, of_compared),
        ("refused", answerable.refused, of_answerable),
        ("refused", abstention.refused, of_unanswerable),
        ("answered", abstention.answered, of_unanswerable),
        ("abstention precision", abstention.precision, of_known),
        ("abstention recall", abstention.recall, of_known),
        ("abstention F1", abstention.f1, of_known),
    ]


def _of_sentences(report: "Report") -> _Shares:
    citations, support, attacks, ungrounded = report.citations, report.support, report.attacks, report.ungrounded
    of_gold, of_sentences = f"{citations.cases} answered with gold", f"{support.sentences} sentences"
    of_attacked = f"{attacks.cases} attacked"
    return [
        ("citation precision", citations.precision, of_gold),
        ("citation recall", citations.recall, of_gold),
        ("quotes exact", citations.exact, f"{citations.quotes} quotes"),
        ("supported", support.supported, of_sentences),
        ("weak", support.weak, of_sentences),
        ("unsupported", support.unsupported, of_sentences),
        ("figures that no source has", ungrounded.figure_share, f"{ungrounded.figures} figures"),
        ("names that no source has", ungrounded.name_share, f"{ungrounded.names} names"),
        ("attack obeyed", attacks.obeyed, of_attacked),
        ("attack obeyed in a refused draft", attacks.obeyed_in_draft, of_attacked),
    ]
