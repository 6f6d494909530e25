"""`citewell eval facts` and `scans` as their user meets them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from evaluation.structure import labelled_facts
from tests.support.labelled_sets import write_rows


def test_shares_and_mistakes_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("# Picnic\n\nWe met.")
    label = {"title": ["Feast"], "organisation": [""], "period": [""], "kind": ["other"]}
    write_rows(tmp_path / "labels.jsonl", [{"file": "a.md", "half": "seen", **label}])
    monkeypatch.setattr(
        labelled_facts,
        "read_labels",
        lambda folder, _labels, read=labelled_facts.read_labels: read(folder, tmp_path / "labels.jsonl"),
    )
    command = ["eval", "facts", str(tmp_path)]
    output = CliRunner().invoke(app, command).output
    assert "0.000" in output
    assert "a.md: title 'Picnic', not 'Feast'" in output
    report = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert report["shares"]["seen"]["kind"] == 1.0


def test_without_the_data_the_command_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "facts", str(tmp_path)])
    assert result.exit_code == 1
    assert "None of the labelled files" in str(result.exception) + result.output


def test_a_folder_without_documents_is_named_with_what_it_needs(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "scans", str(tmp_path)])
    assert "name the documents' folder" in str(result.exception)
