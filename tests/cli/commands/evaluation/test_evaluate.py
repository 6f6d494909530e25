"""`citewell eval`: its commands in their order, and the conversion of sets to cases."""

from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from cli.commands.evaluation import evaluate
from cli.main import app
from evaluation.datasets.cases import read_cases
from rag.errors import CitewellError
from tests.support.labels.labelled_sets import write_squad2


def test_every_measure_is_a_command_of_the_group() -> None:
    names = list(getattr(get_command(evaluate.app), "commands", {}))
    measures = [
        "planted",
        "retrieval",
        "chunking",
        "pages",
        "tables",
        "facts",
        "scans",
        "headings",
        "answers",
        "convert",
    ]
    assert {*measures, "numbers", "across", "ungrounded", "probe", "calibrate"} == set(names)


def test_a_converted_set_is_written_and_counted(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    folder = write_squad2(tmp_path / "squad2")
    command = ["eval", "convert", "squad2", str(folder), str(out), "--limit", "6", "--seed", "2"]
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, result.output.split(" in ")[0]) == (0, "6 cases")
    assert len(read_cases(out)) == 6


def test_an_unknown_set_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "convert", "nonsense", str(tmp_path), str(tmp_path / "out.jsonl")])
    assert isinstance(result.exception, CitewellError)
    assert "There is no set 'nonsense'" in str(result.exception)
    assert not (tmp_path / "out.jsonl").exists()
