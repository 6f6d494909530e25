"""`citewell eval probe`: fit a probe that tells from a model's own state whether the sources answer."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, ModelOption, eval_extra, open_services, print_json
from rag.errors import SettingsError


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
