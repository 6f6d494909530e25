"""`citewell eval retrieval`, `chunking` and `pages`: measure what is retrieved. A model is needed only to translate."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, eval_extra, print_json, read_settings

LimitOption = Annotated[int | None, typer.Option(help="Take a random sample of so many queries.", min=1)]
SplitOption = Annotated[
    str | None,
    typer.Option(
        help="Split of queries and qrels, such as test; XQuAD: languages of questions and paragraphs (de-en)."
    ),
]
TranslateOption = Annotated[
    bool,
    typer.Option(
        "--translate", help="Search for each query's translation too, as the app does: needs a language model."
    ),
]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample: a larger one holds the smaller.")]
PassagesOption = Annotated[int, typer.Option(help="Passages shown for a question.", min=1)]


class Mode(StrEnum):
    """How documents are ranked."""

    DENSE = "dense"
    KEYWORD = "keyword"
    HYBRID = "hybrid"


def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout, the cookbook's, or XQuAD.", metavar="DIR")],
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
        from evaluation.datasets.conversion import read_retrieval_set
        from evaluation.retrieval import ranking

    labelled = read_retrieval_set(folder, split)
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


def eval_chunking(
    folder: Annotated[Path, typer.Argument(help="A folder with corpora/*.md and questions_df.csv.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Chunks retrieved for a question.", min=1)] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare retrieved chunks with labelled excerpts, character by character: recall, precision, IoU."""
    from cli import output

    with eval_extra():
        from evaluation.retrieval import excerpts

    with output.show_progress() as report:
        result = excerpts.evaluate(folder, read_settings(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.questions} questions, {result.chunks:,} chunks, {result.passages} retrieved",
        ("recall %", "precision %", "IoU %"),
        [(f"{result.recall:.1f}", f"{result.precision:.2f}", f"{result.iou:.2f}")],
    )


def eval_pages(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A folder with questions.jsonl: FinanceBench's, or one that names documents and gold pages.",
            metavar="DIR",
        ),
    ],
    passages: PassagesOption = 5,
    as_json: JsonOption = False,
) -> None:
    """Look for the page that answers each question among its passages: of all documents, and within its own."""
    from cli import output

    with eval_extra():
        from evaluation.retrieval import gold_pages

    with output.show_progress() as report:
        result = gold_pages.evaluate(folder, read_settings(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.overall.questions} questions, {result.documents} documents, {result.chunks:,} chunks",
        ("questions", "of", "page found among all", "within their documents"),
        (
            (share.kind, str(share.questions), f"{share.among_all:.3f}", f"{share.within_documents:.3f}")
            for share in (result.overall, *result.kinds)
        ),
    )
