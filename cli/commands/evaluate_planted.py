"""`citewell eval planted`: which planted errors the support check catches."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, open_services, print_json

if TYPE_CHECKING:
    from evaluation.citation_check.planted import Report


def planted(
    file: Annotated[Path, typer.Argument(help="Cases with passages and gold, one a line.", metavar="FILE.jsonl")],
    limit: Annotated[int | None, typer.Option(help="Take a fair sample of so many cases.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Which sample, and which errors.")] = 0,
    records: Annotated[
        Path | None,
        typer.Option(
            help="What 'citewell eval answers --out' kept: its supported sentences are taken as true statements too.",
            metavar="RECORDS.jsonl",
        ),
    ] = None,
    examples: Annotated[int, typer.Option(help="Examples of each kind of mistake that are printed.", min=0)] = 2,
    as_json: JsonOption = False,
) -> None:
    """Plant errors in true statements, and see which the support check catches. No language model is needed.

    True statements come from the gold of the cases; in each, one number, name, unit, word or negation is changed.
    """
    from dataclasses import asdict

    from cli import output
    from evaluation.citation_check.planted import Run, evaluate

    with output.reporting() as report:
        services = open_services(report)
        result = evaluate(file, services.scorer, report, Run(limit, seed, records))
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.cases} cases, {result.ms:.1f} ms to cite a statement",
        ("statements", "how many", "supported", "unsupported", "citation precision", "citation recall"),
        [
            (t.form, str(t.statements), *(_figure(v) for v in (t.supported, t.unsupported, t.precision, t.recall)))
            for t in result.true
        ],
    )
    output.print_table(
        "with an error planted",
        ("error", "how many", "no longer supported", "unsupported", "AUC"),
        [(c.kind, str(c.statements), *(_figure(v) for v in (c.caught, c.unsupported, c.auc))) for c in result.changed],
    )
    output.print_table("mistakes", ("kind", "statement"), _mistakes(result, examples))


def _mistakes(report: "Report", examples: int) -> list[tuple[str, str]]:
    doubted = [("true, but doubted", text) for text in report.doubted[:examples]]
    return doubted + [(c.kind, text) for c in report.changed for text in c.missed[:examples]]


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
