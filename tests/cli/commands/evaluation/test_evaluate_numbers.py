"""`citewell eval numbers` as its user meets it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from tests.evaluation.structure.test_computed_figures import write_sets


def test_results_are_counted_shown_and_printed_as_json(tmp_path: Path) -> None:
    write_sets(tmp_path)
    result = CliRunner().invoke(app, ["eval", "numbers", str(tmp_path), "--show"])
    assert result.exit_code == 0, result.output
    assert "f1 1.00: What were net sales in 2018? → Net sales: 32,765 (2018)." in result.output
    listed = json.loads(CliRunner().invoke(app, ["eval", "numbers", str(tmp_path), "--json"]).stdout)
    assert [each["id"] for each in listed] == ["f1", "e1"]
    assert listed[0]["computed"]["operands"][0]["text"] == "32,765"


def test_a_half_that_there_is_not_is_refused(tmp_path: Path) -> None:
    write_sets(tmp_path)
    assert CliRunner().invoke(app, ["eval", "numbers", str(tmp_path), "--half", "typo"]).exit_code == 2
    seen = json.loads(CliRunner().invoke(app, ["eval", "numbers", str(tmp_path), "--half", "seen", "--json"]).stdout)
    assert {each["half"] for each in seen} == {"seen"}
