"""`citewell eval retrieval`: measure what is retrieved. A model is needed only to translate."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, eval_extra, print_json, read_settings

LimitOption = Annotated[int | None, typer.Option(help="Take a random sample of so many queries.", min=1)]
SplitOption = Annotated[
    str | None,
    typer.Option(help="Split of queries and qrels, such as test."),
]
TranslateOption = Annotated[
    bool,
    typer.Option(
        "--translate", help="Search for each query's translation too, as the app does: needs a language model."
    ),
]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample: a larger one holds the smaller.")]


class Mode(StrEnum):
    """How documents are ranked. (Typer takes no list of literals.)"""

    DENSE = "dense"
    KEYWORD = "keyword"
    HYBRID = "hybrid"


def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout: corpus, queries and qrels.", metavar="DIR")],
    split: SplitOption = None,
    mode: Annotated[list[Mode] | None, typer.Option(help="May be repeated; by default all three.")] = None,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    translate: TranslateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rank the documents of a labelled set: nDCG, recall, MRR and milliseconds, dense, keyword and hybrid."""
    from cli import output

    with eval_extra():
        from evaluation import ranking
    from evaluation.labelled_set import read_set

    labelled = read_set(folder, split)
    with output.show_progress() as report:
        options = ranking.QueryOptions(limit, seed, translate)
        result = ranking.evaluate(labelled, read_settings(), report, mode or list(Mode), options)
    if as_json:
        print_json(asdict(result))
        return
    rate = "indexed earlier" if result.documents_per_s is None else f"{result.documents_per_s:.0f} documents/s"
    title = f"{result.set}: {result.documents:,} documents, {result.queries:,} queries, {rate}"
    output.print_table(
        title,
        ("mode", *ranking.MEASURES, "p50 ms", "p95 ms"),
        (
            (o.mode, *(f"{value:.4f}" for value in o.measures.values()), f"{o.p50_ms:.0f}", f"{o.p95_ms:.0f}")
            for o in result.outcomes
        ),
    )
