"""`citewell eval retrieval` as its user meets it: a table, JSON, a folder that is no set."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from evaluation import indexing
from rag.services import Services
from tests.support.fakes import WordEmbedder
from tests.support.labels.labelled_sets import write_rows

pytest.importorskip("ir_measures", reason="measuring retrieval needs the extra 'eval'")


@pytest.fixture
def beir_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    texts = {"a": "Cats hunt.", "b": "Dogs bark."}
    write_rows(tmp_path / "toy" / "corpus.jsonl", [{"_id": id_, "text": text} for id_, text in texts.items()])
    write_rows(tmp_path / "toy" / "queries.jsonl", [{"_id": "q", "text": "Which animals bark?"}])
    (tmp_path / "toy" / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tb\t1\n")
    return str(tmp_path / "toy")


def test_a_set_is_ranked_in_the_modes_asked_for(beir_set: str) -> None:
    command = ["eval", "retrieval", beir_set, "--mode", "keyword"]
    report = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    (outcome,) = report["outcomes"]
    assert (report["set"], report["documents"], outcome["mode"]) == ("toy", 2, "keyword")
    assert outcome["measures"]["ndcg@10"] == 1.0
    table = CliRunner().invoke(app, command).output
    assert "toy: 2 documents, 1 queries, indexed earlier" in table
    assert "1.0000" in table


def test_a_mode_that_there_is_not_is_refused_before_anything_is_indexed(beir_set: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["eval", "retrieval", beir_set, "--mode", "sparse"])
    assert refused.exit_code == 2
    assert not (tmp_path / "cache").exists()
