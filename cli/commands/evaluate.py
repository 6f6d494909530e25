"""`citewell eval`: the group of commands that measure quality on a user's own questions."""

import typer

from cli.commands import evaluate_answers, evaluate_probe, evaluate_retrieval

app = typer.Typer(no_args_is_help=True, help="Measure quality on your questions (pip install --editable '.\\[eval]').")
app.command("answers")(evaluate_answers.eval_answers)
app.command("retrieval")(evaluate_retrieval.eval_retrieval)
app.command("probe")(evaluate_probe.eval_probe)
