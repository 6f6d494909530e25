"""`citewell eval facts` and `scans`: measure how documents are read. No model is needed but those that read."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, eval_extra, print_json


def eval_facts(
    folder: Annotated[
        Path, typer.Argument(help="The folder of the test data, with financebench/ and documents/.", metavar="DIR")
    ],
    as_json: JsonOption = False,
) -> None:
    """Compare what is found out about documents with labels made by eye. No model is needed."""
    from cli import output
    from evaluation.structure import labelled_facts

    with output.show_progress() as report:
        result = labelled_facts.evaluate(folder, report)
    if as_json:
        print_json(asdict(result))
        return
    output.print_table(
        f"{result.files['all']} documents",
        ("files", "number", *labelled_facts.FACTS),
        (
            (group, str(result.files[group]), *(f"{share:.3f}" for share in shares.values()))
            for group, shares in result.shares.items()
        ),
    )
    for each in result.mistakes:
        expected = " or ".join(f"'{form}'" for form in each.accepted)
        output.out.print(f"{each.file}: {each.fact} '{each.found}', not {expected}", markup=False)


def eval_scans(
    folder: Annotated[Path, typer.Argument(help="A folder of documents, at any depth.", metavar="DIR")],
    limit: Annotated[int | None, typer.Option(help="At most so many pages of each group.", min=1)] = None,
    as_json: JsonOption = False,
) -> None:
    """Recognise scanned pages whose text is known: words right, in order, confidence, seconds, memory."""
    from cli import output

    with eval_extra():
        from evaluation.structure import recognition

    with output.show_progress() as report:
        result = recognition.evaluate(folder, report, limit)
    if as_json:
        print_json(asdict(result))
        return
    memory = "" if result.peak_mb is None else f", at most {result.peak_mb:.0f} MB in the reading process"
    output.print_table(
        f"{len(result.pages)} pages{memory}",
        ("group", "pages", "words", "recall", "precision", "in order", "worst page", "s a page"),
        (
            (
                group.name,
                str(group.pages),
                f"{group.words:,}",
                *(f"{share:.3f}" for share in (group.recall, group.precision, group.ordered_recall, group.worst)),
                f"{group.seconds:.1f}",
            )
            for group in result.groups
        ),
    )
