"""Tensor parallelism: two processes on a CPU share a model and answer as one does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from rag.errors import ModelError
from rag.generation.tensor_parallel import load_sharded
from rag.models.kernels.checkpoint import best_format
from rag.models.resolve import resolve_model
from tests.support.labels.ranks import answers
from tests.support.paths import MODELS, ROOT


@pytest.fixture
def shared_model(tmp_path: Path) -> Path:
    """A small model whose heads two processes can share (the tiny one has three), with the tiny one's tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(resolve_model("tiny", "generator", MODELS, weights=best_format()))
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.4,  # so that no two tokens are nearly as likely
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    return tmp_path


@pytest.mark.model
def test_two_processes_write_what_one_writes(shared_model: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*torchrun, "-m", "tests.support.labels.ranks", str(shared_model), "2"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    shared = json.loads(done.stdout.strip().splitlines()[-1])
    assert all(shared)
    assert shared == answers(shared_model, 1)


def test_a_process_that_ends_has_joined_the_threads_that_hold_its_last_messages(tmp_path: Path) -> None:
    program = """
import sys, psutil, torch.distributed as dist
from rag.generation.tensor_parallel import ControlGroup
dist.init_process_group("gloo", init_method="file://" + sys.argv[1], rank=0, world_size=1)
world = dist.group.WORLD
before = psutil.Process().num_threads()
control = ControlGroup()
assert psutil.Process().num_threads() > before
control.end()
print(psutil.Process().num_threads() - before)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "ranks")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=ROOT)
    assert done.stdout.strip() == "0", done.stderr


def test_heads_that_cannot_be_shared_evenly_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"num_attention_heads": 9, "num_key_value_heads": 3}')
    with pytest.raises(ModelError, match="3 key-value heads, which 2 processes cannot share"):
        load_sharded(tmp_path, 2, "sdpa")
