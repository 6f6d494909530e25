"""`citewell eval headings` and `tables` as their user meets them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from evaluation.structure import table_cells
from evaluation.structure.table_cells import LabelledCell, LabelledTable
from tests.support.documents.pdfs import Words, write_words
from tests.support.documents.table_pdfs import write_ruled


def test_headings_are_scored_and_printed_as_json(tmp_path: Path) -> None:
    titles = [f"{at} Part of the report" for at in range(1, 6)]
    rows = [Words(72, 760 - 60 * at, title, 14, "F2") for at, title in enumerate(titles)]
    write_words(tmp_path / "a.pdf", [rows], outline=[(title, 0, 1) for title in titles])

    result = CliRunner().invoke(app, ["eval", "headings", str(tmp_path), "--json"])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["documents"][0]["document"] == "a.pdf"


def test_a_folder_without_documents_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "headings", str(tmp_path)])

    assert result.exit_code != 0


def test_shares_and_wrong_cells_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ruled(tmp_path / "a.pdf", [["Name", "City", "Staff"], ["Acme", "Bonn", "12"], ["Widgets", "Rome", "7"]])
    cells = (LabelledCell("12", "Acme", ("Staff",)), LabelledCell("7", "Acme", ("Staff",)))
    monkeypatch.setattr(table_cells, "read_labels", lambda: [LabelledTable("a.pdf", 1, "ruled", "seen", cells)])
    command = ["eval", "tables", str(tmp_path)]
    output = CliRunner().invoke(app, [*command, "--show-wrong"]).output
    assert "0.500" in output
    assert "a.pdf, p. 1: '7' in 'Acme': row" in output
    report = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert report[0]["right"] == 1


def test_without_the_data_the_command_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "tables", str(tmp_path)])
    assert result.exit_code == 1
    assert "is missing" in str(result.exception) + result.output


def test_shares_and_totals_of_headings_are_in_the_json_and_one_document_is_enough_for_the_table(tmp_path: Path) -> None:
    titles = [f"{at} Part of the report" for at in range(1, 6)]
    rows = [Words(72, 760 - 60 * at, title, 14, "F2") for at, title in enumerate(titles)]
    write_words(tmp_path / "a.pdf", [rows], outline=[(title, 0, 1) for title in titles])
    table = CliRunner().invoke(app, ["eval", "headings", str(tmp_path)])
    assert table.exit_code == 0, table.output
    assert "all test" not in table.output
    report = json.loads(CliRunner().invoke(app, ["eval", "headings", str(tmp_path), "--json"]).stdout)
    (document,) = report["documents"]
    assert document["expected"] == 5
    assert report["totals"].keys() == {"dev"}
    assert {"precision", "recall", "f1", "f1_with_level"} < document.keys()
