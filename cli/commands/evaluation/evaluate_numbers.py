"""`citewell eval numbers`: measure figures looked up and computed from tables. No model is needed."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, print_json

if TYPE_CHECKING:
    from evaluation.structure.computed_figures import NumberResult

_ROUNDING = 1e-9


class Half(StrEnum):
    """Questions whose results were looked at while the rules were made, the others, or all."""

    SEEN = "seen"
    UNSEEN = "unseen"
    ALL = "all"


def eval_numbers(
    folder: Annotated[
        Path, typer.Argument(help="The folder of the labelled sets, with financebench/ or everyday/.", metavar="DIR")
    ],
    near: Annotated[
        int, typer.Option(help="Also give so many pages of the same documents, those nearest to the question.", min=0)
    ] = 0,
    half: Annotated[Half, typer.Option(help="Which questions.")] = Half.ALL,
    show: Annotated[bool, typer.Option("--show", help="Print every result.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Look figures up in the tables of gold pages, compute with them, and compare with the gold answers."""
    from cli import output
    from evaluation.structure import computed_figures

    cases = [case for case in computed_figures.read_cases(folder) if half in (Half.ALL, case.half)]
    results = list(computed_figures.evaluate(cases, near))
    if as_json:
        print_json([_as_json(result) for result in results])
        return
    names = dict.fromkeys((result.case.set, result.case.half) for result in results)
    output.print_table(
        f"{len(results)} questions",
        ("set", "half", "questions", "results", "right", "part right", "wrong"),
        [
            (*name, *_counts([result for result in results if (result.case.set, result.case.half) == name]))
            for name in names
        ],
    )
    for result in results if show else ():
        said = result.computed.statement if result.computed else "no result"
        output.out.print(f"{result.case.id} {result.recall:.2f}: {result.case.question[:100]} → {said}", markup=False)


def _counts(results: Sequence["NumberResult"]) -> tuple[str, ...]:
    found = [result for result in results if result.computed]
    right = sum(result.recall >= 1 - _ROUNDING for result in found)
    wrong = sum(result.recall == 0 for result in found)
    return tuple(map(str, (len(results), len(found), right, len(found) - right - wrong, wrong)))


def _as_json(result: "NumberResult") -> dict[str, object]:
    return {
        "id": result.case.id,
        "half": result.case.half,
        "recall": result.recall,
        "computed": asdict(result.computed) if result.computed else None,
    }
