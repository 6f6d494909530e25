"""`citewell eval headings` and `tables`: measure what is found of the structure of documents. No model is needed."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import JsonOption, eval_extra, print_json

if TYPE_CHECKING:
    from evaluation.structure.heading_report import Report
    from evaluation.structure.headings import HeadingScore

LabelsOption = Annotated[
    bool, typer.Option("--labels", help="Compare with headings labelled on a sample of pages, not with outlines.")
]


def eval_headings(
    folder: Annotated[Path, typer.Argument(help="A folder with PDFs, such as ../shared/data.", metavar="DIR")],
    labels: LabelsOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the headings found in PDFs, outlines hidden, with the outlines: F1 of headings, and with their levels."""
    from cli import output

    with eval_extra():
        from evaluation.structure import heading_report

    with output.show_progress() as report:
        result = heading_report.evaluate(folder, report, labelled=labels)
    if as_json:
        print_json(_headings_json(result))
        return
    rows = [(each.document, each.split, each.score) for each in result.documents]
    rows += [(f"all {split}", "", score) for split, score in result.splits().items()]
    output.print_table(
        f"{result.set}: {len(result.documents)} documents",
        ("document", "split", "expected", "found", "right", "precision", "recall", "F1", "F1 with level"),
        [
            (
                name,
                split,
                str(score.expected),
                str(score.found),
                str(score.right),
                f"{score.precision():.3f}",
                f"{score.recall():.3f}",
                f"{score.f1():.3f}",
                f"{score.f1(levels=True):.3f}",
            )
            for name, split, score in rows
        ],
    )


def _headings_json(result: "Report") -> dict[str, Any]:
    documents = [
        {"document": each.document, "split": each.split, **_score_json(each.score)} for each in result.documents
    ]
    totals = {split: _score_json(score) for split, score in result.splits().items()}
    return {"set": result.set, "documents": documents, "totals": totals}


def _score_json(score: "HeadingScore") -> dict[str, float]:
    shares = {"precision": score.precision(), "recall": score.recall(), "f1": score.f1()}
    return {**score._asdict(), **shares, "f1_with_level": score.f1(levels=True)}


def eval_tables(
    folder: Annotated[
        Path, typer.Argument(help="The folder of the test data, with financebench/ and documents/.", metavar="DIR")
    ],
    show_wrong: Annotated[
        bool, typer.Option("--show-wrong", help="List the cells that are not right, with why.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the cells of tables with labels made by eye: right row, right column heads. No model is needed."""
    from cli import output
    from evaluation.structure import table_cells

    results = list(table_cells.evaluate_tables(folder, table_cells.read_labels()))
    scores = table_cells.scores(results)
    if as_json:
        print_json([asdict(score) for score in scores])
        return
    output.print_table(
        f"{len(results)} tables",
        ("tables that are", "number", "cells", "right", "share"),
        ((score.kind, str(score.tables), str(score.cells), str(score.right), f"{score.share:.3f}") for score in scores),
    )
    for result in results if show_wrong else ():
        for cell, reason in result.wrong:
            place = f"{result.table.file}, p. {result.table.page}" if result.table.page else result.table.file
            output.out.print(f"{place}: '{cell.value}' in '{cell.row}': {reason}", markup=False)
