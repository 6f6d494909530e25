"""`citewell eval probe` as its user meets it: what was fitted, or why nothing was."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import SettingsError
from rag.generation.probe_files import own_probe
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding
from tests.support.fakes import ScriptedGenerator
from tests.support.labels.labelled_sets import write_cases
from tests.support.random_models import save_model, word_tokenizer

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")


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
