"""`citewell eval probe` and `calibrate` as their user meets them: what was fitted, or why nothing was."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import SettingsError
from rag.services import Services
from tests.evaluation.fitting.test_calibration import recorded
from tests.support.fakes import ScriptedGenerator
from tests.support.labelled_sets import MISSED, SEEN, write_cases

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")


def test_coefficients_are_printed_as_a_table_or_json(tmp_path: Path) -> None:
    records = str(recorded(tmp_path))
    report = json.loads(CliRunner().invoke(app, ["eval", "calibrate", records, "--json"]).stdout)
    assert (report["cases"], report["right"]) == (24, 12)
    table = CliRunner().invoke(app, ["eval", "calibrate", records]).output
    assert table.startswith("24 answers, 12 of them right")
    assert "bias" in table


def test_a_file_that_holds_no_records_is_named(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "cases.jsonl", SEEN, MISSED)
    result = CliRunner().invoke(app, ["eval", "calibrate", str(file)])
    assert "is not a file of records" in str(result.exception)


def test_only_a_local_model_can_be_probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator())
    out = tmp_path / "probe.safetensors"
    result = CliRunner().invoke(app, ["eval", "probe", str(tmp_path / "cases.jsonl"), "--out", str(out)])
    assert isinstance(result.exception, SettingsError)
    assert "Choose one with --model" in str(result.exception)
    assert not out.exists()
