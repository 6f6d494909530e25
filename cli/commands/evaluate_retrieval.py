"""`citewell eval retrieval`, `chunking` and `pages`: measure what is retrieved. No language model is needed."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, eval_extra, print_json, read_settings


def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout or that of the cookbook.", metavar="DIR")],
    split: Annotated[str | None, typer.Option(help="Split of queries and qrels, such as test.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="dense, keyword or hybrid; by default all three.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the documents of a labelled set: nDCG, recall, MRR and milliseconds, dense, keyword and hybrid."""
    from cli import output

    with eval_extra():
        from evaluation.datasets import cookbook, labelled_set
        from evaluation.retrieval import ranking

    is_cookbook = (folder / cookbook.QUESTIONS).is_file()
    labelled = cookbook.read_cookbook(folder) if is_cookbook else labelled_set.read_set(folder, split)
    with output.show_progress() as report:
        result = ranking.evaluate(labelled, read_settings(), report, mode or list(ranking.MODES))
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
    passages: Annotated[int, typer.Option(help="Chunks retrieved for a question.")] = 5,
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
    folder: Annotated[Path, typer.Argument(help="A folder with questions.jsonl and pdfs/.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Passages shown for a question.")] = 5,
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
        f"{result.set}: {result.questions} questions, {result.documents} documents, {result.chunks:,} chunks",
        ("page found among all", "within the document"),
        [(f"{result.among_all:.3f}", f"{result.within_document:.3f}")],
    )
