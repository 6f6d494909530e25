"""`citewell eval`: the group of commands that measure quality, and the conversion of labelled sets to cases."""

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.evaluation import (
    evaluate_answers,
    evaluate_fitting,
    evaluate_numbers,
    evaluate_planted,
    evaluate_reading,
    evaluate_retrieval,
    evaluate_structure,
)

SetArgument = Annotated[
    str,
    typer.Argument(
        help="squad2, clapnq, financebench, cookbook, rgb, rgb-contradictions, xquad, bipia, notinject or dictated; "
        "probe-squad2 and probe-retrieval for 'citewell eval probe'.",
        metavar="SET",
    ),
]
FolderArgument = Annotated[Path, typer.Argument(help="Folder of the set.", metavar="DIR")]
OutArgument = Annotated[Path, typer.Argument(help="The file of cases to write.", metavar="OUT.jsonl")]
LimitOption = Annotated[int | None, typer.Option(help="Make a random sample of so many cases.", min=1)]
SampleSeedOption = Annotated[int, typer.Option(help="Which sample, and where the gold passage stands.")]
CleanOption = Annotated[
    bool, typer.Option("--clean", help="bipia, notinject, dictated: leave the hostile text out, to compare with.")
]
NeutralOption = Annotated[
    bool, typer.Option("--neutral", help="notinject: a sentence of another article in the request's place.")
]
Squad2Option = Annotated[
    Path | None, typer.Option(help="notinject: folder of SQuAD 2.0; by default 'squad2' beside DIR.", metavar="DIR")
]
HeldOutOption = Annotated[bool, typer.Option("--held-out", help="squad2: only articles that no probe is fitted on.")]
AllReportsOption = Annotated[
    bool, typer.Option("--all-reports", help="financebench: ask of all reports together, not of the one named.")
]
PlaceOption = Annotated[str, typer.Option(help="bipia: put the instructions into the body, heading or name.")]
SplitOption = Annotated[
    str | None, typer.Option(help="probe-retrieval: split of queries and qrels. xquad: languages, such as de-en.")
]


def eval_convert(
    name: SetArgument,
    folder: FolderArgument,
    out: OutArgument,
    limit: LimitOption = None,
    seed: SampleSeedOption = 0,
    clean: CleanOption = False,
    neutral: NeutralOption = False,
    squad2: Squad2Option = None,
    held_out: HeldOutOption = False,
    split: SplitOption = None,
    all_reports: AllReportsOption = False,
    place: PlaceOption = "body",
) -> None:
    """Convert a labelled set to cases for 'citewell eval answers'."""
    from cli import output
    from evaluation.datasets.cases import write_cases
    from evaluation.datasets.conversion import ConversionOptions, convert

    cases = convert(
        name,
        folder,
        ConversionOptions(
            limit=limit,
            seed=seed,
            clean=clean,
            neutral=neutral,
            squad2=squad2,
            split=split,
            held_out=held_out,
            all_reports=all_reports,
            place=place,
        ),
    )
    write_cases(out, cases)
    output.out.print(f"{len(cases)} cases in {out}", markup=False)


app = typer.Typer(no_args_is_help=True, help="Measure quality on labelled sets (pip install --editable '.\\[eval]').")
app.command("planted")(evaluate_planted.eval_planted)
app.command("across")(evaluate_planted.eval_across)
app.command("retrieval")(evaluate_retrieval.eval_retrieval)
app.command("chunking")(evaluate_retrieval.eval_chunking)
app.command("pages")(evaluate_retrieval.eval_pages)
app.command("tables")(evaluate_structure.eval_tables)
app.command("numbers")(evaluate_numbers.eval_numbers)
app.command("facts")(evaluate_reading.eval_facts)
app.command("scans")(evaluate_reading.eval_scans)
app.command("headings")(evaluate_structure.eval_headings)
app.command("answers")(evaluate_answers.eval_answers)
app.command("ungrounded")(evaluate_answers.eval_ungrounded)
app.command("convert")(eval_convert)
app.command("probe")(evaluate_fitting.eval_probe)
app.command("calibrate")(evaluate_fitting.eval_calibrate)
