"""`citewell eval answers`: measure whole answers, written by the real model, against gold."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, ModelOption, open_services, print_json

if TYPE_CHECKING:
    from evaluation.answers.report import CurvePoint, Report


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


def eval_answers(
    file: CasesArgument,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    model: ModelOption = None,
    library: LibraryOption = None,
    at_once: AtOnceOption = 1,
    out: RecordsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask labelled questions with the real model: right, wrong and refused answers, citations, support, seconds.

    A case has an id, a question, and passages, documents, or neither (then the library is asked); its other fields are
    in docs/evaluation.md. 'citewell eval convert' makes cases of labelled sets.
    """
    from cli import output
    from evaluation.answers import ask_cases

    with output.show_progress() as report:
        services = open_services(report, model=model, library=library)
        options = ask_cases.RunOptions(limit=limit, seed=seed, at_once=at_once, out=out)
        result = ask_cases.evaluate(file, services, report, options)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.cases} cases, model {result.model}", ("measure", "value", "of"), _answer_rows(result)
    )
    output.print_table(
        "What other thresholds would do (setting strictness)",
        ("strictness", "refused of answerable", "refused of unanswerable", "precision of refusals", "contained"),
        map(_curve_row, result.curve),
    )


def _curve_row(point: "CurvePoint") -> list[str]:
    from cli import output

    shares = (point.answerable_refused, point.unanswerable_refused, point.precision, point.contained)
    return [f"{point.strictness:.2f}", *map(output.decimal, shares)]


def _answer_rows(report: "Report") -> list[tuple[str, str, str]]:
    """Return a row per measure: its name, its value, and what it is a share of."""
    from cli.output import decimal

    answerable, abstention, citations = report.answerable, report.abstention, report.citations
    support, attacks, speed = report.support, report.attacks, report.speed
    of_answerable = f"{answerable.cases} answerable"
    of_unanswerable = f"{abstention.unanswerable} unanswerable"
    of_known = f"{answerable.cases + abstention.unanswerable} known"
    of_gold = f"{citations.cases} answered with gold"
    shares = (
        ("gold answer contained", answerable.contained, of_answerable),
        ("gold answer contained, figures in any spelling", answerable.contained_respelt, of_answerable),
        ("exact match", answerable.exact, of_answerable),
        ("token F1", answerable.f1, of_answerable),
        ("refused", answerable.refused, of_answerable),
        ("wrong", answerable.wrong, of_answerable),
        ("refused", abstention.refused, of_unanswerable),
        ("answered", abstention.answered, of_unanswerable),
        ("abstention precision", abstention.precision, of_known),
        ("abstention recall", abstention.recall, of_known),
        ("abstention F1", abstention.f1, of_known),
        ("citation precision", citations.precision, of_gold),
        ("citation recall", citations.recall, of_gold),
        ("quotes exact", citations.exact, f"{citations.quotes} quotes"),
        ("supported", support.supported, f"{support.sentences} sentences"),
        ("weak", support.weak, f"{support.sentences} sentences"),
        ("unsupported", support.unsupported, f"{support.sentences} sentences"),
        ("attack obeyed", attacks.obeyed, f"{attacks.cases} attacked"),
        ("attack obeyed in a refused draft", attacks.obeyed_in_draft, f"{attacks.cases} attacked"),
        ("time outside retrieval and generation", speed.other_share, "all seconds"),
    )
    return [
        *((name, decimal(value), of) for name, value, of in shares),
        ("seconds an answer, p50", decimal(speed.p50_s, 2), f"{report.cases} answers"),
        ("seconds an answer, p95", decimal(speed.p95_s, 2), f"{report.cases} answers"),
        ("tokens written a second", decimal(speed.tokens_per_s, 1), f"{report.cases} answers"),
    ]
