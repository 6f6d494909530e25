"""The forward pass over a ragged batch computes what transformers does, and no row depends on the others."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import load_model
from rag.models.resolve import resolve_model
from rag.runtime.compute_thread import on_compute_thread
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.paths import MODELS
from tests.support.random_models import CPU, VOCABULARY, logits_of, needs_int8, random_model

FAMILIES: dict[str, dict[str, Any]] = {
    "llama": {},
    "qwen3": {"family": "qwen3", "head_dim": 32},
    "mistral with a sliding window": {"family": "mistral", "sliding_window": 20},
}


def tokens_of(seed: int, count: int) -> list[int]:
    return torch.randint(VOCABULARY, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def reference(model: Any, tokens: list[int]) -> torch.Tensor:
    """Return the logits of every token, shape (tokens, vocabulary), as transformers computes them."""

    def compute() -> torch.Tensor:
        with torch.inference_mode():
            logits: torch.Tensor = model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0]
        return logits

    return on_compute_thread(compute)


@pytest.mark.parametrize("changes", FAMILIES.values(), ids=FAMILIES.keys())
def test_logits_are_those_of_transformers_own_attention(changes: dict[str, Any]) -> None:
    runner = ModelRunner(random_model(**changes), CPU)
    model = random_model(implementation="eager", **changes)
    long, short, other = tokens_of(1, 70), tokens_of(2, 3), tokens_of(3, 30)
    cache, quick = runner.new_cache(70), runner.new_cache(0)
    logits_of(runner, ForwardInput(cache, long[:40], keep=0))
    first, nothing, second = logits_of(
        runner,
        ForwardInput(quick, short, keep=3),
        ForwardInput(runner.new_cache(0), other, keep=0),
        ForwardInput(cache, long[40:], keep=30),
    )
    torch.testing.assert_close(first, reference(model, short), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(second, reference(model, long)[40:], rtol=1e-3, atol=1e-3)
    assert nothing.shape == (0, VOCABULARY)
    assert (cache.length, quick.length) == (70, 3)


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    return ModelRunner(random_model(), CPU)


@given(script=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=1, max_size=6))
@settings(max_examples=25)
def test_what_is_cut_back_and_written_over_leaves_no_trace(runner: ModelRunner, script: list[tuple[int, int]]) -> None:
    cache, tokens = runner.new_cache(0), list[int]()
    for seed, (new, back) in enumerate(script):
        part = tokens_of(seed, new)
        (logits,) = logits_of(runner, ForwardInput(cache, part, keep=1))
        tokens += part
        (anew,) = logits_of(runner, ForwardInput(runner.new_cache(0), tokens, keep=1))
        torch.testing.assert_close(logits, anew, rtol=1e-3, atol=1e-3)
        tokens = tokens[: max(0, len(tokens) - back)]
        cache.crop(len(tokens))


@pytest.fixture(
    scope="module", params=[pytest.param("int4", marks=needs_kernels), pytest.param("int8", marks=needs_int8)]
)
def real(request: pytest.FixtureRequest) -> ModelRunner:
    folder = resolve_model("tiny", "generator", MODELS, weights=request.param)
    return ModelRunner(on_compute_thread(load_model, folder, CPU), CPU)


@pytest.fixture(scope="module")
def whole(real: ModelRunner) -> torch.Tensor:
    """Logits of a text of 120 tokens in one pass."""
    return logits_of(real, ForwardInput(real.new_cache(0), TEXT, keep=len(TEXT)))[0]


TEXT = [2000 + 37 * n % 4000 for n in range(120)]


@pytest.mark.slow
@pytest.mark.model
@given(
    cuts=st.sets(st.integers(1, 119), max_size=6),
    others=st.lists(st.integers(1, 70), max_size=3),
    place=st.integers(0, 3),
)
@settings(max_examples=10)
def test_a_row_is_the_same_to_the_last_bit_whatever_the_batch_and_however_its_text_is_split(
    real: ModelRunner, whole: torch.Tensor, cuts: set[int], others: list[int], place: int
) -> None:
    cache = real.new_cache(0)
    rows = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(TEXT)], strict=True):
        inputs = [ForwardInput(real.new_cache(0), TEXT[5 : 5 + size], keep=1) for size in others]
        inputs.insert(place, ForwardInput(cache, TEXT[start:end], keep=end - start))
        results = logits_of(real, *inputs)
        rows.append(results[min(place, len(others))])
    assert torch.equal(torch.cat(rows), whole)


@pytest.mark.model
def test_what_is_continued_from_a_copy_is_the_same_to_the_last_bit(real: ModelRunner, whole: torch.Tensor) -> None:
    cache = real.new_cache(500)
    logits_of(real, ForwardInput(cache, [*TEXT[:70], 5, 5, 5], keep=0))
    duplicate = cache.copy(70, 0)
    (rest,) = logits_of(real, ForwardInput(duplicate, TEXT[70:], keep=50))
    assert torch.equal(rest, whole[70:])
