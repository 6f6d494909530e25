"""A model folder or file given to the command: what cannot be used is one sentence and exit code 1; nothing runs."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import T5Config, T5ForConditionalGeneration

from tests.rag.models.conftest import (
    LONGEST,
    Trap,
    edit_json,
    write_chat_model,
    write_tokenizer,
)
from tests.support.app_process import citewell

YES = "y\n" * 9


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path / "marker")


def with_own_code(folder: Path, trap: Trap) -> Path:
    """Write a model that transformers offers to run the code of, if one says yes."""
    write_chat_model(folder)
    own = "from transformers import LlamaConfig, LlamaForCausalLM\nclass OwnConfig(LlamaConfig): model_type = 'own'\n"
    (folder / "modeling_own.py").write_text(f"{trap.code}{own}class Own(LlamaForCausalLM): pass\n")
    auto_map = {"AutoConfig": "modeling_own.OwnConfig", "AutoModelForCausalLM": "modeling_own.Own"}
    edit_json(folder / "config.json", model_type="own", auto_map=auto_map)
    return folder


def with_pickled_weights(folder: Path, trap: Trap) -> Path:
    write_chat_model(folder)
    (folder / "model.safetensors").rename(folder / "consolidated.safetensors")
    torch.save({"lm_head.weight": trap}, folder / "pytorch_model.bin")
    return folder


def with_encoder_decoder(folder: Path, trap: Trap) -> Path:
    config = T5Config(vocab_size=97, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4)
    T5ForConditionalGeneration(config).save_pretrained(folder)
    write_tokenizer(folder)
    return folder


def with_cut_off_gguf(folder: Path, trap: Trap) -> Path:
    folder.mkdir()
    (folder / "x.gguf").write_bytes(b"GGUF\x03\x00\x00\x00\xff")
    return folder / "x.gguf"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (with_own_code, "needs Python code of its own"),
        (with_pickled_weights, "has only pickled weights (pytorch_model.bin)"),
        (with_encoder_decoder, "is a T5ForConditionalGeneration, not a chat model"),
        (with_cut_off_gguf, "is damaged or cut off"),
    ],
)
def test_what_cannot_be_used_is_refused_and_never_run(
    tmp_path: Path, write: Callable[[Path, Trap], Path], said: str, trap: Trap
) -> None:
    model = write(tmp_path / "m", trap)
    models = tmp_path / "models"
    result = citewell("models", "fetch", str(model), typed=YES, CITEWELL_MODELS=str(models), CITEWELL_WEIGHTS="int8")
    message = " ".join(result.stderr.split())
    assert result.returncode == 1
    assert f"'{model}' {said}" in message
    assert len(message) <= LONGEST
    assert "Traceback" not in result.stderr + result.stdout
    assert "[y/N]" not in result.stderr + result.stdout
    assert not trap.marker.exists()
    assert not models.exists()
