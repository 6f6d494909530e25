"""`citewell models` as its user meets it: the catalog, and models that are not in it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import ModelError
from rag.models.catalog import CATALOG


def test_the_catalog_is_listed_with_what_each_model_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_MODELS", str(tmp_path / "none"))
    rows = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).output)
    assert [(row["name"], row["fetched"]) for row in rows] == [(spec.name, False) for spec in CATALOG]
    assert all(row["download_bytes"] > 0 and row["licence"] for row in rows)
    table = CliRunner().invoke(app, ["models", "list"]).output
    assert table.startswith("Models in ")
    assert all(spec.name in table for spec in CATALOG)


@pytest.mark.parametrize(
    ("command", "message"), [("verify", "'nonsense' is not in the catalog"), ("fetch", "There is no model 'nonsense'")]
)
def test_a_model_that_nobody_knows_is_named(command: str, message: str) -> None:
    result = CliRunner().invoke(app, ["models", command, "nonsense"])
    assert isinstance(result.exception, ModelError)
    assert message in str(result.exception)
