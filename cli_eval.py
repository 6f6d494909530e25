"""`citewell eval`: measures on labelled sets."""

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

from cli_common import JsonOption, load, print_json
from rag.errors import SettingsError

app = typer.Typer(no_args_is_help=True, help="Measure quality on labelled sets (extra: citewell[eval]).")


@app.command("retrieval")
def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout or the cookbook's.", metavar="DIR")],
    split: Annotated[str | None, typer.Option(help="Split of queries and qrels, such as test.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="dense, keyword or hybrid; by default all three.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank a labelled set's documents: nDCG, recall, MRR and milliseconds, dense, keyword and hybrid."""
    from dataclasses import asdict

    import console

    retrieval = _evaluation("retrieval")
    cookbook = _evaluation("cookbook")
    is_cookbook = (folder / cookbook.QUESTIONS).is_file()
    labelled = cookbook.read_cookbook(folder) if is_cookbook else _evaluation("beir").read_set(folder, split)
    with console.reporting() as report:
        result = retrieval.evaluate(labelled, load(), report, mode or list(retrieval.MODES))
    if as_json:
        print_json(asdict(result))
        return
    rate = "indexed earlier" if result.documents_per_s is None else f"{result.documents_per_s:.0f} documents/s"
    title = f"{result.set}: {result.documents:,} documents, {result.queries:,} queries, {rate}"
    console.print_table(
        title,
        ("mode", *retrieval.MEASURES, "p50 ms", "p95 ms"),
        (
            (o.mode, *(f"{value:.4f}" for value in o.measures.values()), f"{o.p50_ms:.0f}", f"{o.p95_ms:.0f}")
            for o in result.outcomes
        ),
    )


@app.command("chunking")
def eval_chunking(
    folder: Annotated[Path, typer.Argument(help="A folder with corpora/*.md and questions_df.csv.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Chunks retrieved for a question.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare retrieved chunks with labelled excerpts, character by character: recall, precision, IoU."""
    from dataclasses import asdict

    import console

    chunking = _evaluation("chunking")
    with console.reporting() as report:
        result = chunking.evaluate(folder, load(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    console.print_table(
        f"{result.set}: {result.questions} questions, {result.chunks:,} chunks, {result.passages} retrieved",
        ("recall %", "precision %", "IoU %"),
        [(f"{result.recall:.1f}", f"{result.precision:.2f}", f"{result.iou:.2f}")],
    )


@app.command("pages")
def eval_pages(
    folder: Annotated[Path, typer.Argument(help="A folder with questions.jsonl and pdfs/.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Passages shown for a question.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Look for each question's page among the passages shown for it: of all documents, and within its own."""
    from dataclasses import asdict

    import console

    pages = _evaluation("pages")
    with console.reporting() as report:
        result = pages.evaluate(folder, load(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    console.print_table(
        f"{result.set}: {result.questions} questions, {result.documents} documents, {result.chunks:,} chunks",
        ("page found among all", "within the document"),
        [(f"{result.among_all:.3f}", f"{result.within_document:.3f}")],
    )


def _evaluation(name: str) -> Any:
    """A module of the evaluation package, whose metrics are an extra."""
    try:
        return importlib.import_module(f"evaluation.{name}")
    except ModuleNotFoundError as error:
        if error.name != "ir_measures":
            raise
        raise SettingsError("Evaluation needs an extra: pip install 'citewell[eval]'.") from error
