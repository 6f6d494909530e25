"""`citewell eval`: measure quality on a user's own questions, and fit a probe."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.evaluate_answers import SampleSeedOption, eval_answers
from cli.options import JsonOption, ModelOption, eval_extra, open_services, print_json, read_settings
from rag.errors import SettingsError

app = typer.Typer(no_args_is_help=True, help="Measure quality on your questions (pip install --editable '.\\[eval]').")
app.command("answers")(eval_answers)

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


class Mode(StrEnum):
    """How documents are ranked. (Typer takes no list of literals.)"""

    DENSE = "dense"
    KEYWORD = "keyword"
    HYBRID = "hybrid"


@app.command("retrieval")
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


@app.command("probe")
def eval_probe(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Folder of SQuAD 2.0, or files of cases with passages and 'answerable'.", metavar="SOURCE"),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The probe to write; by default where the app looks for this model's.", metavar="FILE"),
    ] = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit a probe that reads from the model's own state whether the sources answer (docs/evaluation.md)."""
    from cli import output

    with eval_extra():
        from evaluation import probing
    from rag.generation.generator import LocalGenerator
    from rag.generation.probe_files import own_probe

    with output.show_progress() as report:
        cases = probing.probe_cases(sources)
        services = open_services(report, model=model)
        generator = services.generator
        if not isinstance(generator, LocalGenerator):
            raise SettingsError("Only a model that Citewell runs itself can be probed. Choose one with --model.")
        out = out or own_probe(services.settings.model, services.settings.models)
        fit = probing.fit_probe(cases, generator, out, report)
    if as_json:
        print_json({**asdict(fit), "file": str(out)})
        return
    output.print_table(
        f"{out}: {fit.cases} cases, {fit.answerable} of them answerable; layer {fit.layer}",
        ("layer", "AUC on documents left out"),
        [(str(layer), f"{auc:.3f}") for layer, auc in fit.by_layer.items()],
    )
