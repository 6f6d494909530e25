"""Every format of converted folders: known, loaded, nearly the model that it was, and refused where it is damaged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import current_thread
from types import ModuleType
from typing import Any

import pytest
import torch

from benchmarks.tiny_models import tiny_model
from rag.errors import ModelError
from rag.generation import attention
from rag.generation.loading import load_model
from rag.models.catalog import BLOCK_INDEX, INT8_INDEX
from rag.models.causal_lm import plain_logits, use_own_attention
from rag.models.kernels import block_checkpoint, checkpoint, int8_checkpoint
from rag.models.kernels.int8_linear import activation_range
from rag.runtime.compute_thread import NAME as COMPUTE
from rag.runtime.compute_thread import on_compute_thread
from tests.rag.models.kernels.saved_models import TOKENS, logits, rename_in_index, require_refusal, save
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.kernels.random_tensors import relative_error
from tests.support.random_models import CPU, needs_int8, random_model


@dataclass(frozen=True)
class Format:
    """A format in eight bits, and how far from the exact logits it may be."""

    module: ModuleType
    index: str
    choices: Mapping[str, Any]
    error: Callable[[], float]

    def save(self, model: Any, folder: Path) -> Path:
        return save(self.module, model, folder, **self.choices)


def int8_error() -> float:
    return 0.15 if activation_range().max_magnitude < 64 else 0.1  # a processor without VNNI is coarser


BLOCKS = Format(block_checkpoint, BLOCK_INDEX, {"least_bits": 8}, lambda: 0.15)
INT8 = Format(int8_checkpoint, INT8_INDEX, {}, int8_error)


@pytest.fixture(
    params=[pytest.param(BLOCKS, marks=needs_kernels), pytest.param(INT8, marks=needs_int8)], ids=["blocks", "int8"]
)
def form(request: pytest.FixtureRequest) -> Format:
    given: Format = request.param
    return given


MODELS: dict[str, dict[str, Any]] = {
    "llama": {},
    "llama whose output layer is its embedding": {"tie_word_embeddings": True},
    "llama with biases": {"attention_bias": True, "mlp_bias": True},
    "qwen2": {"family": "qwen2"},
}


@pytest.mark.parametrize("changes", MODELS.values(), ids=MODELS.keys())
def test_a_saved_model_computes_nearly_the_same(form: Format, changes: dict[str, Any], tmp_path: Path) -> None:
    folder = form.save(random_model(**changes, dtype=torch.bfloat16), tmp_path)
    loaded = checkpoint.load(folder, attention.NAME)
    exact, found = logits(random_model(**changes)), logits(loaded)
    assert relative_error(found, exact) < form.error()
    assert float(torch.cosine_similarity(found, exact).min()) > 0.95


@pytest.mark.parametrize("family", ["gemma", "gemma3_text", "opt", "phimoe"])
def test_layers_that_compute_something_of_their_own_are_kept(form: Format, family: str, tmp_path: Path) -> None:
    model = tiny_model(family).to(torch.bfloat16)
    use_own_attention(model)
    exact = plain_logits(model, TOKENS, len(TOKENS))
    loaded = checkpoint.load(form.save(model, tmp_path), None)
    use_own_attention(loaded)
    assert relative_error(plain_logits(loaded, TOKENS, len(TOKENS)), exact) < 0.3


def weights_of(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: path.stat().st_size)


def without_weights(folder: Path, _index: Path) -> None:
    weights_of(folder).unlink()


def with_half_the_weights(folder: Path, _index: Path) -> None:
    file = weights_of(folder)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def with_half_an_index(_folder: Path, index: Path) -> None:
    index.write_text(index.read_text()[:100])


def without_a_norm(_folder: Path, index: Path) -> None:
    rename_in_index(index, "model.layers.1.input_layernorm.weight")


@pytest.mark.parametrize("damage", [without_weights, with_half_the_weights, with_half_an_index, without_a_norm])
def test_a_damaged_folder_is_refused_with_what_to_do(
    form: Format, damage: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    folder = form.save(random_model(dtype=torch.bfloat16), tmp_path)
    on_compute_thread(load_model, folder, CPU)
    damage(folder, folder / form.index)
    require_refusal(folder)


def test_a_converted_folder_is_known_read_and_loaded(
    form: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not checkpoint.is_converted(tmp_path)
    assert checkpoint.begin_reading(tmp_path) is None
    model = random_model(dtype=torch.bfloat16)
    form.save(model, tmp_path)
    assert checkpoint.is_converted(tmp_path)
    threads: list[str] = []

    def recorded(fill: Callable[..., None], *rest: object) -> None:
        threads.append(current_thread().name)
        fill(*rest)

    for module in (block_checkpoint, int8_checkpoint):
        monkeypatch.setattr(module, "load_other_tensors", partial(recorded, module.load_other_tensors))
    loaded = checkpoint.load(tmp_path, None, checkpoint.begin_reading(tmp_path))
    assert type(loaded) is type(model)
    # Another thread that copies large tensors would get OpenMP threads of its own, and every product would be slower.
    assert [name.startswith(COMPUTE) for name in threads] == [True]


@pytest.mark.parametrize("index", [BLOCK_INDEX, INT8_INDEX])
def test_a_folder_that_lacks_a_file_is_left_to_the_loading_which_says_what_to_do(index: str, tmp_path: Path) -> None:
    (tmp_path / index).write_text("{}")
    (tmp_path / "int8-00001.safetensors").symlink_to(tmp_path / "absent")
    assert checkpoint.begin_reading(tmp_path) is None
    with pytest.raises(ModelError, match=r"cannot be loaded: .*\. Remove the folder, and it will be made anew\."):
        load_model(tmp_path, CPU, reading=None)
