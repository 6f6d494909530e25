"""`citewell eval`: measures on labelled sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.evaluate_planted import planted
from cli.options import JsonOption, LibraryOption, ModelOption, load, open_services, print_json
from rag.errors import SettingsError

if TYPE_CHECKING:
    from evaluation.answers.report import Report

app = typer.Typer(no_args_is_help=True, help="Measure quality on labelled sets (extra: citewell\\[eval]).")
app.command("planted")(planted)


@app.command("retrieval")
def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout or the cookbook's.", metavar="DIR")],
    split: Annotated[str | None, typer.Option(help="Split of queries and qrels, such as test.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="dense, keyword or hybrid; by default all three.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank a labelled set's documents: nDCG, recall, MRR and milliseconds, dense, keyword and hybrid."""
    from dataclasses import asdict

    from cli import output

    with _metrics():
        from evaluation.datasets import beir, cookbook
        from evaluation.retrieval import ranking

    is_cookbook = (folder / cookbook.QUESTIONS).is_file()
    labelled = cookbook.read_cookbook(folder) if is_cookbook else beir.read_set(folder, split)
    with output.reporting() as report:
        result = ranking.evaluate(labelled, load(), report, mode or list(ranking.MODES))
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


@app.command("chunking")
def eval_chunking(
    folder: Annotated[Path, typer.Argument(help="A folder with corpora/*.md and questions_df.csv.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Chunks retrieved for a question.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare retrieved chunks with labelled excerpts, character by character: recall, precision, IoU."""
    from dataclasses import asdict

    from cli import output

    with _metrics():
        from evaluation.retrieval import excerpts

    with output.reporting() as report:
        result = excerpts.evaluate(folder, load(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
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

    from cli import output

    with _metrics():
        from evaluation.retrieval import gold_pages

    with output.reporting() as report:
        result = gold_pages.evaluate(folder, load(), report, passages)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.questions} questions, {result.documents} documents, {result.chunks:,} chunks",
        ("page found among all", "within the document"),
        [(f"{result.among_all:.3f}", f"{result.within_document:.3f}")],
    )


@app.command("answers")
def eval_answers(
    file: Annotated[Path, typer.Argument(help="Cases, one JSON object a line.", metavar="FILE.jsonl")],
    limit: Annotated[int | None, typer.Option(help="Ask a fair sample of so many cases.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Which sample: a larger one holds the smaller.")] = 0,
    model: ModelOption = None,
    library: LibraryOption = None,
    at_once: Annotated[int, typer.Option(help="Questions asked at the same time.", min=1, max=32)] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Keep every case with its answer and measures here, one a line. Cases that the file holds already, "
            "answered under the same settings, are not asked again, only judged anew: a run that was stopped goes on. "
            "After a change of what is written (prompt, model code), give another file.",
            metavar="RECORDS.jsonl",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask labelled questions with the real model: right, wrong and refused answers, citations, support, seconds.

    A case has an id, a question, and passages, documents, or neither (then the library is asked); its other fields are
    in docs/evaluation.md. 'citewell eval convert' makes cases of labelled sets.
    """
    from dataclasses import asdict

    from cli import output
    from evaluation.answers import ask_cases

    with output.reporting() as report:
        services = open_services(report, model=model, library=library)
        result = ask_cases.evaluate(file, services, report, ask_cases.Run(limit, seed, at_once, out))
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.set}: {result.cases} cases, model {result.model}", ("measure", "value", "of"), _answer_rows(result)
    )
    output.print_table(
        "What other thresholds would do (setting strictness)",
        ("strictness", "refused of answerable", "refused of unanswerable", "precision of refusals", "contained"),
        [
            (
                f"{p.strictness:.2f}",
                *(
                    _figure(value, 3)
                    for value in (p.answerable_refused, p.unanswerable_refused, p.precision, p.contained)
                ),
            )
            for p in result.curve
        ],
    )


def _answer_rows(report: "Report") -> list[tuple[str, str, str]]:
    """What is measured, its value, and what it is a share of."""
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
        *((name, _figure(value, 3), of) for name, value, of in shares),
        ("seconds an answer, p50", _figure(speed.p50_s, 2), f"{report.cases} answers"),
        ("seconds an answer, p95", _figure(speed.p95_s, 2), f"{report.cases} answers"),
        ("tokens written a second", _figure(speed.tokens_per_s, 1), f"{report.cases} answers"),
    ]


def _figure(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


@app.command("convert")
def eval_convert(
    name: Annotated[
        str,
        typer.Argument(
            help="squad2, clapnq, financebench, cookbook, bipia or notinject; probe-squad2 and probe-retrieval for "
            "'citewell eval probe'.",
            metavar="SET",
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="Where the set is.", metavar="DIR")],
    out: Annotated[Path, typer.Argument(help="The file of cases to write.", metavar="OUT.jsonl")],
    limit: Annotated[int | None, typer.Option(help="A fair sample of so many cases.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="Which sample, and where the right passage stands.")] = 0,
    clean: Annotated[
        bool, typer.Option("--clean", help="bipia, notinject: without the hostile text, to compare with.")
    ] = False,
    squad2: Annotated[
        Path | None,
        typer.Option(help="notinject: where SQuAD 2.0 is; by default in 'squad2' beside DIR.", metavar="DIR"),
    ] = None,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="squad2: only the articles that no probe is fitted on.")
    ] = False,
    split: Annotated[str | None, typer.Option(help="probe-retrieval: split of queries and qrels.")] = None,
) -> None:
    """Make cases for 'citewell eval answers' of a labelled set."""
    from cli import output
    from evaluation.datasets.cases import write_cases
    from evaluation.datasets.conversion import Conversion, convert

    cases = convert(
        name, folder, Conversion(limit=limit, seed=seed, clean=clean, squad2=squad2, split=split, held_out=held_out)
    )
    write_cases(out, cases)
    output.out.print(f"{len(cases)} cases in {out}", markup=False)


@app.command("probe")
def eval_probe(
    files: Annotated[list[Path], typer.Argument(help="Cases with passages and 'answerable'.", metavar="FILE.jsonl")],
    out: Annotated[Path, typer.Option(help="The probe to write.", metavar="PROBE.safetensors")],
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit a probe: whether the sources answer a question, read off the model's own state (docs/evaluation.md)."""
    from dataclasses import asdict

    from cli import output

    with _metrics():
        from evaluation.fitting import probing
    from rag.generation.generator import LocalGenerator

    with output.reporting() as report:
        generator = open_services(report, model=model).generator
        if not isinstance(generator, LocalGenerator):
            raise SettingsError("Only a model that this program runs itself can be probed. Choose one with --model.")
        fit = probing.fit_probe(files, generator, out, report)
    if as_json:
        print_json(asdict(fit))
        return
    output.print_table(
        f"{out.name}: {fit.cases} cases, {fit.answerable} of them answerable; layer {fit.layer}",
        ("layer", "AUC on documents left out"),
        [(str(layer), f"{auc:.3f}") for layer, auc in fit.by_layer.items()],
    )


@app.command("calibrate")
def eval_calibrate(
    records: Annotated[
        list[Path], typer.Argument(help="Made by 'citewell eval answers --out'.", metavar="RECORDS.jsonl")
    ],
    as_json: JsonOption = False,
) -> None:
    """Fit the coefficients of the confidence (`rag/grounding/abstention.py`) on recorded answers."""
    from dataclasses import asdict

    from cli import output

    with _metrics():
        from evaluation.fitting.calibration import calibrate

    result = calibrate(records, load())
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.cases} answers, {result.right} of them right; AUC {result.auc:.3f} (cross-validated)",
        ("signal", "coefficient", "AUC alone"),
        [(name, f"{value:.3f}", _figure(result.alone.get(name), 3)) for name, value in result.coefficients.items()],
    )


@contextmanager
def _metrics() -> Iterator[None]:
    """Say how to install what the imports within need, where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("ir_measures", "sklearn"):
            raise
        raise SettingsError(
            f"Evaluation needs {error.name}. Run 'pip install --editable \".[eval]\"' in Citewell's folder."
        ) from error
