"""`citewell eval probe`, `calibrate` and `synonyms`: fit what decides whether an answer is shown and believed."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, ModelOption, eval_extra, open_services, print_json, read_settings
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
        from evaluation.fitting import probing
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


def eval_calibrate(
    records: Annotated[
        list[Path], typer.Argument(help="Made by 'citewell eval answers --out'.", metavar="RECORDS.jsonl")
    ],
    as_json: JsonOption = False,
) -> None:
    """Fit the coefficients of the confidence (`rag/grounding/abstention.py`) on recorded answers."""
    from cli import output

    with eval_extra():
        from evaluation.fitting.calibration import calibrate

    result = calibrate(records, read_settings())
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.cases} answers, {result.right} of them right; AUC {result.auc:.3f} (cross-validated)",
        ("signal", "coefficient", "AUC alone"),
        [(name, f"{value:.3f}", output.decimal(result.alone.get(name))) for name, value in result.coefficients.items()],
    )


def eval_synonyms(
    texts: Annotated[list[Path], typer.Argument(help="Texts whose sentences are changed.", metavar="FILE")],
    wordnet: Annotated[Path, typer.Option(help="Folder of WordNet 3.0.", metavar="DIR")],
    out: Annotated[Path, typer.Option(help="The head to write.", metavar="HEAD.safetensors")],
    limit: Annotated[int, typer.Option(help="Fit on so many pairs of sentences.", min=10)] = 6000,
    seed: Annotated[int, typer.Option(help="Which sentences, and which words.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Fit a head that reads from the embedder whether two words in the same place mean the same (docs/evaluation.md).

    The opposites that 'citewell eval planted' plants are left out.
    """
    from cli import output

    with eval_extra():
        from evaluation.fitting.synonyms import fit_head
    from evaluation.citation_check.planted_errors import OPPOSITES
    from evaluation.datasets.wordnet import read_wordnet
    from evaluation.fitting.synonym_pairs import PairMaker, read_texts
    from rag.interfaces import WordReader

    with output.show_progress() as report:
        services = open_services(report)
        reader = services.embedder
        if not isinstance(reader, WordReader):
            raise SettingsError("This embedder gives no vectors of single words. Change the setting embedder.")
        maker = PairMaker(read_wordnet(wordnet), services.analyze, frozenset(OPPOSITES))
        fit = fit_head(maker.pairs(read_texts(texts), limit, seed), reader, out, report)
    if as_json:
        print_json(asdict(fit))
        return
    output.print_table(
        out.name,
        ("pairs", "differing", "pairs of words", "AUC on words left out"),
        [(str(fit.pairs), str(fit.differing), str(fit.words), f"{fit.auc:.3f}")],
    )
