"""`citewell eval planted`: measure which planted errors the support check catches."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, open_services, print_json

if TYPE_CHECKING:
    from evaluation.citation_check.planted import Report


CasesArgument = Annotated[Path, typer.Argument(help="Cases with passages and gold, one a line.", metavar="FILE.jsonl")]
LimitOption = Annotated[int | None, typer.Option(help="Take a random sample of so many cases.", min=1)]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample, and which errors.")]
RecordsOption = Annotated[
    Path | None,
    typer.Option(
        help="Records written by 'citewell eval answers --out': their supported sentences are true statements too.",
        metavar="RECORDS.jsonl",
    ),
]
ExamplesOption = Annotated[int, typer.Option(help="Examples to print of each kind of mistake.", min=0)]


def eval_planted(
    file: CasesArgument,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    records: RecordsOption = None,
    examples: ExamplesOption = 2,
    as_json: JsonOption = False,
) -> None:
    """Plant errors in true statements, and see which the support check catches. No language model is needed.

    True statements come from the gold of the cases; in each, one number, name, unit, word or negation is changed.
    """
    from cli import output
    from evaluation.citation_check.planted import SampleOptions, evaluate

    with output.show_progress() as report:
        services = open_services(report)
        result = evaluate(file, services.scorer, report, SampleOptions(limit, seed, records))
    if as_json:
        print_json(asdict(result))
        return
    figure = output.decimal
    output.print_table(
        f"{result.set}: {result.cases} cases, {result.ms:.1f} ms to cite a statement",
        ("statements", "how many", "supported", "unsupported", "citation precision", "citation recall"),
        [
            (t.form, str(t.statements), *map(figure, (t.supported, t.unsupported, t.precision, t.recall)))
            for t in result.true
        ],
    )
    output.print_table(
        "with an error planted",
        ("error", "how many", "no longer supported", "unsupported", "AUC"),
        [(c.kind, str(c.statements), *map(figure, (c.caught, c.unsupported, c.auc))) for c in result.changed],
    )
    output.print_table("mistakes", ("kind", "statement"), _mistakes(result, examples))


def _mistakes(report: "Report", examples: int) -> list[tuple[str, str]]:
    doubted = [("true, but doubted", text) for text in report.doubted[:examples]]
    return doubted + [(c.kind, text) for c in report.changed for text in c.missed[:examples]]
