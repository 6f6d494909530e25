"""Documents go into PostgreSQL and cited answers come out, by the same commands; the folder has no library."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.support.servers.postgres_server import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.model]

TEXT = "The osprey is a large bird. It eats fish almost only. It nests near lakes and coasts."


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, f"{result.output} {result.exception!r}"
    return result.stdout


def test_a_document_is_ingested_asked_and_removed(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "osprey.txt").write_text(TEXT)
    monkeypatch.setenv("CITEWELL_MODEL", "tiny")
    with postgres.database() as name:
        monkeypatch.setenv("CITEWELL_DATABASE", postgres.address_of(name))
        run("ingest", "osprey.txt")
        assert "osprey.txt" in run("library", "list")
        answer = json.loads(run("ask", "What does the osprey eat?", "--json", "--strictness", "0"))
        quotes = [citation["quote"] for sentence in answer["sentences"] for citation in sentence["citations"]]
        assert any("fish" in quote for quote in [*quotes, *(passage["text"] for passage in answer["passages"])])
        assert postgres.run("SELECT count(*) FROM chunks", name)[0][0] >= 1
        run("library", "remove", "osprey.txt")
        tables = ("documents", "pages", "chunks", "vectors", "keywords", "word_counts", "ledger")
        count = "SELECT count(*) FROM "
        left = {table: postgres.run(count + table, name)[0][0] for table in tables}
        assert left == dict.fromkeys(tables, 0)
    assert not (tmp_path / "library" / "library.sqlite").exists()
