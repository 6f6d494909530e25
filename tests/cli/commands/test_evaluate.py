"""`citewell eval retrieval` and `probe` as their user meets them: a table, JSON, what was fitted or why not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from evaluation import indexing
from rag.errors import SettingsError
from rag.generation.probe_files import own_probe
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.labels.labelled_sets import write_cases, write_rows
from tests.support.random_models import save_model, word_tokenizer

for _package in ("ir_measures", "sklearn"):
    pytest.importorskip(_package, reason="measuring needs the extra 'eval'")


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


def probe_file(tmp_path: Path) -> str:
    """Write cases of both kinds over several documents; return the path."""
    letters = "abcdefgh"
    cases = [
        {
            "id": f"{title}-{letter}",
            "question": f"{letter} ?",
            "passages": [{"title": title, "text": f"{title} {letters[:4]}"}],
            "answerable": letter in letters[:4],
        }
        for title in "klmnop"
        for letter in letters
    ]
    return str(write_cases(tmp_path / "cases.jsonl", *cases))


def test_only_a_local_model_can_be_probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator())
    out = tmp_path / "probe.safetensors"
    result = CliRunner().invoke(app, ["eval", "probe", probe_file(tmp_path), "--out", str(out)])
    assert isinstance(result.exception, SettingsError)
    assert "Choose one with --model" in str(result.exception)
    assert not out.exists()


def test_one_command_fits_the_probe_that_the_app_uses_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("CITEWELL_WEIGHTS", "bfloat16")
    folder = tmp_path / "my-model"
    tokenizer = word_tokenizer()
    tokenizer.save_pretrained(folder)
    save_model(folder, vocab_size=len(tokenizer))

    def answerable() -> float | None:
        with Services(load_settings(model=str(folder), context_tokens=512)) as services:
            deltas = list(services.generator.stream([{"role": "user", "content": "a b"}], Decoding(max_new_tokens=2)))
        return next(delta.certainty.answerable for delta in reversed(deltas) if delta.certainty)

    assert answerable() is None
    result = CliRunner().invoke(app, ["eval", "probe", probe_file(tmp_path), "--model", str(folder), "--json"])
    assert result.exception is None, result.output
    fit = json.loads(result.stdout)
    assert (fit["cases"], fit["answerable"]) == (48, 24)
    assert Path(fit["file"]) == own_probe(str(folder), tmp_path / "models")
    assert answerable() is not None
