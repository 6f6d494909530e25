"""The context window follows the model and the memory, and is never cut without a word."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from transformers import AutoConfig

from rag.generation.context_window import MAX_AUTOMATIC_TOKENS, USUAL_TOKENS
from rag.generation.model_limits import choose_window, count_parameters
from tests.support.random_models import random_model, save_model

LARGE = 4_000_000_000


def config(**changes: Any) -> Any:
    settings = {
        "max_position_embeddings": 32768,
        "num_hidden_layers": 10,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "hidden_size": 512,
    }
    return AutoConfig.for_model("llama", **(settings | changes))


TOKEN_BYTES = 10 * 2 * 64 * 2 * 2


def test_a_small_model_gets_the_window_that_was_measured_and_never_more_than_it_was_trained_for() -> None:
    assert choose_window(config(), None, parameters=1_500_000_000, free_bytes=10**12).tokens == USUAL_TOKENS
    assert choose_window(config(max_position_embeddings=2048), None, free_bytes=10**12).tokens == 2048


@pytest.mark.parametrize(
    ("tokens_in_memory", "window"), [(0, USUAL_TOKENS), (9000, 8192), (10**9, MAX_AUTOMATIC_TOKENS)]
)
def test_a_large_model_gets_as_much_as_a_share_of_the_memory_holds(tokens_in_memory: int, window: int) -> None:
    chosen = choose_window(config(), None, parameters=LARGE, free_bytes=tokens_in_memory * TOKEN_BYTES * 4)
    assert (chosen.tokens, chosen.notice) == (window, "")


def test_a_model_that_thinks_gets_room_for_it_in_addition() -> None:
    assert choose_window(config(), None, thinking_tokens=1000).tokens == USUAL_TOKENS + 1000
    assert choose_window(config(max_position_embeddings=4500), None, thinking_tokens=1000).tokens == 4500
    assert choose_window(config(), 6000, thinking_tokens=1000).tokens == 6000


def test_a_window_beyond_the_models_own_is_lowered_and_said() -> None:
    chosen = choose_window(config(max_position_embeddings=8192), 10_000)
    assert chosen.tokens == 8192
    assert chosen.notice == (
        "The model was trained for at most 8,192 tokens, so its window holds 8,192 and not 10,000 (setting "
        "context_tokens)."
    )
    assert choose_window(config(), 10_000).notice == ""
    assert "runs here with at most 5,000" in choose_window(config(), 10_000, border=5000).notice
    assert choose_window(config(), None, border=3000).tokens == 3000


def test_a_model_that_does_not_say_what_it_was_trained_for_gets_what_is_set() -> None:
    silent = SimpleNamespace(get_text_config=SimpleNamespace)
    assert choose_window(silent, 10_000).tokens == 10_000
    assert choose_window(silent, None).tokens == USUAL_TOKENS
    assert choose_window(silent, None, border=2000).tokens == 2000


def test_parameters_are_counted_in_the_files_without_a_second_copy(tmp_path: Path) -> None:
    folder = save_model(tmp_path)
    parameters = sum(p.numel() for name, p in random_model().named_parameters() if name != "lm_head.weight")
    assert count_parameters(folder) == parameters
    (folder / "consolidated.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    assert count_parameters(folder) == parameters


def test_files_that_cannot_be_read_count_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"\xff" * 100)
    (tmp_path / "b.safetensors").write_bytes(b"")
    (tmp_path / "c.safetensors").write_bytes((2).to_bytes(8, "little") + b"[]")
    assert count_parameters(tmp_path) == 0
