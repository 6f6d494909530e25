"""`citewell eval planted` and `across` as their user meets them: mistakes are listed."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from tests.support.labelled_sets import write_cases

TOWER = {
    "id": "tower",
    "question": "How high is the tower?",
    "passages": [{"title": "Tower", "text": "The tower was finished in 1889, and it is 324 metres high."}],
    "answers": ["324 metres"],
    "gold_passages": [0],
}


def test_true_statements_and_planted_errors_are_tables_and_json(tmp_path: Path) -> None:
    file = str(write_cases(tmp_path / "towers.jsonl", TOWER))
    shown = CliRunner().invoke(app, ["eval", "planted", file, "--examples", "0"])
    assert shown.exit_code == 0
    assert "towers: 1 cases" in shown.output
    assert "no longer supported" in shown.output
    report = json.loads(CliRunner().invoke(app, ["eval", "planted", file, "--json"]).stdout)
    assert {row["form"] for row in report["true"]} >= {"sentence", "short"}
    assert "number" in {row["kind"] for row in report["changed"]}


def test_cases_without_gold_are_an_error_that_says_what_is_needed(tmp_path: Path) -> None:
    file = str(write_cases(tmp_path / "bare.jsonl", {"id": "bare", "question": "Why?"}))
    result = CliRunner().invoke(app, ["eval", "planted", file])
    assert "has no case with passages, gold_passages and answers" in str(result.exception)


def test_a_folder_without_the_languages_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "across", str(tmp_path), "--split", "de-en"])
    assert "has no language 'de'" in str(result.exception)
