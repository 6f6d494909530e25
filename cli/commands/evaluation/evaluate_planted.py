"""`citewell eval planted` and `across`: measure which planted errors the support check catches."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, ModelOption, open_services, print_json

if TYPE_CHECKING:
    from evaluation.citation_check.planted import Report


CasesArgument = Annotated[Path, typer.Argument(help="Cases with passages and gold, one a line.", metavar="FILE.jsonl")]
LimitOption = Annotated[int | None, typer.Option(help="Take a random sample of so many cases.", min=1)]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample, and which errors.")]
RecordsOption = Annotated[
    Path | None,
    typer.Option(
        help="Records written by 'citewell eval answers --out': their supported sentences are true statements too.",
        metavar="RECORDS.jsonl",
    ),
]
XquadArgument = Annotated[Path, typer.Argument(help="Folder of XQuAD.", metavar="DIR")]
PairOption = Annotated[str, typer.Option(help="Languages of statements and passages.", metavar="DE-EN")]
AcrossLimitOption = Annotated[int, typer.Option(help="True statements to judge.", min=1)]
JudgeOption = Annotated[
    bool, typer.Option("--judge", help="Also by the language model's judgement of their meaning, as in the app: slow.")
]
ExamplesOption = Annotated[int, typer.Option(help="Examples to print of each kind of mistake.", min=0)]


def eval_planted(
    file: CasesArgument,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    records: RecordsOption = None,
    examples: ExamplesOption = 2,
    judge: JudgeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Plant errors in true statements, and see which the support check catches.

    True statements come from the gold of the cases; in each, one number, name, unit, word or negation is changed.
    """
    from cli import output
    from evaluation.citation_check.planted import SampleOptions, evaluate

    with output.show_progress() as report:
        services = open_services(report)
        scorer = services.scorer if judge else services.words_scorer
        result = evaluate(file, scorer, report, SampleOptions(limit, seed, records))
    if as_json:
        print_json(asdict(result))
        return
    figure = output.decimal
    output.print_table(
        f"{result.set}: {result.cases} cases, {result.ms:.1f} ms to cite a statement",
        ("statements", "how many", "supported", "unsupported", "citation precision", "citation recall"),
        [
            (t.form, str(t.statements), *map(figure, (t.supported, t.unsupported, t.precision, t.recall)))
            for t in result.true
        ],
    )
    output.print_table(
        "with an error planted",
        ("error", "how many", "no longer supported", "unsupported", "AUC"),
        [(c.kind, str(c.statements), *map(figure, (c.caught, c.unsupported, c.auc))) for c in result.changed],
    )
    output.print_table("mistakes", ("kind", "statement"), _mistakes(result, examples))


def eval_across(
    folder: XquadArgument,
    split: PairOption = "de-en",
    limit: AcrossLimitOption = 40,
    seed: SampleSeedOption = 0,
    model: ModelOption = None,
    examples: ExamplesOption = 2,
    as_json: JsonOption = False,
) -> None:
    """Judge statements in one language against passages in another, with the real model to translate them.

    True statements are sentences of XQuAD's translated paragraphs; in each, one number or name is changed.
    """
    from cli import output
    from evaluation.citation_check.across_languages import evaluate, make_statements
    from rag.grounding.translation.sentence_translation import SentenceTranslator
    from rag.grounding.translation.translated_answers import TranslatedSupport

    statements = make_statements(folder, split, limit, seed)  # may find a mistake before a model is loaded
    with output.show_progress() as report:
        services = open_services(report, model=model)
        support = TranslatedSupport(SentenceTranslator(services.generator).translate, services.scorer)
        result = evaluate(split, statements, support, services.scorer, report)
    if as_json:
        print_json(asdict(result))
        return
    figure = output.decimal
    rows = [("true: supported", str(result.true), figure(result.supported))]
    rows += [("true: at least weak", str(result.true), figure(result.at_least_weak))]
    rows += [(f"wrong {kind}: caught", str(number), figure(caught)) for kind, (number, caught) in result.caught.items()]
    output.print_table(f"{folder.name}, {split}", ("statements", "how many", "share"), rows)
    mistakes = [("doubted", text) for text in result.doubted[:examples]]
    mistakes += [("missed", text) for text in result.missed[:examples]]
    output.print_table("mistakes", ("kind", "statement"), mistakes)


def _mistakes(report: "Report", examples: int) -> list[tuple[str, str]]:
    doubted = [("true, but doubted", text) for text in report.doubted[:examples]]
    return doubted + [(c.kind, text) for c in report.changed for text in c.missed[:examples]]
