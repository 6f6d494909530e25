"""Measure how a loaded model can be run, instead of trusting a list of names.

Some 64 tokens pass through the ragged batch whole, in two stretches and beside another sequence, and through the
model's own plain forward pass. A model whose logits agree is run in ragged batches; another, by transformers' own
steps, which are measured likewise. One that agrees with neither is refused.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import torch

from rag.errors import ModelError
from rag.generation import attention
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.native_runner import NativeRunner
from rag.models.catalog import ENGINE_RECORD
from rag.models.causal_lm import (
    SAMPLE_TOKENS,
    brief,
    can_set_attention,
    mean_error,
    plain_logits,
    quiet_transformers,
    relative_error,
    use_own_attention,
)
from rag.runtime.atomic_write import written_whole
from rag.runtime.compute_thread import computing, on_compute_thread

Mode = Literal["ragged", "native"]

_VERSION = 1
_STEPS = 8
_OTHER_TOKENS = 40
_MAX_DIFFERENCE = 0.02
"""Largest difference between a sequence alone, in parts and beside another: one engine sums in one order."""
_MAX_ERROR = 0.1
"""Of logits against the model's own, which another attention kernel rounds differently."""

_LEAST_WRONG = 0.2
"""Wrong engines were seen to be off by 0.3 or more."""
_MAX_NATIVE_ERROR = 0.6
"""Of logits computed token by token against those of one pass, both by transformers.

A broken cache gives more than 1; rounding in a mixture of experts was seen to give 0.4 with random weights.
"""

_UNUSABLE = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a model is run: in ragged batches, or natively with at most `max_sequences` at a time.

    `error` is the relative error of its logits against the model's own, `difference` that between a sequence alone, in
    stretches and beside another; `noise` is what the model's own attention kernels differ by.
    """

    mode: Mode
    max_sequences: int
    error: float
    difference: float
    noise: float


def choose_engine(model: Any, device: torch.device, tokens: Sequence[int], folder: Path, window: int) -> Engine:
    """Return how to run a model in a context window, measured on `tokens`, and set its attention accordingly.

    A measurement that `folder` keeps from the same versions of torch and transformers is used instead of a new one.

    Raises:
        ModelError: neither way computes what the model's own forward pass does.
    """
    border = ragged_window(model.config)
    if border is not None and window > border:
        return on_compute_thread(_measure_native, model, device, list(tokens))
    record = folder / ENGINE_RECORD
    engine = _kept(record)
    if engine is None:
        engine = measure_engine(model, device, tokens)
        if record.is_file():  # a user's own folder has none, and is left as it is
            made = {"made_by": _made_by(), "engine": asdict(engine)}
            with suppress(OSError), written_whole(record) as partial:
                partial.write_text(json.dumps(made))
    if engine.mode == "native":
        use_own_attention(model)
    return engine


def ragged_window(config: Any) -> int | None:
    """Return the number of tokens up to which the ragged batch computes a model's attention; None is any number.

    Beyond it, attention in chunks starts anew, and long rope scaling turns all positions of a pass otherwise.
    """
    text = config.get_text_config()
    rope = getattr(text, "rope_parameters", None) or {}
    scalings = [rope, *(value for value in rope.values() if isinstance(value, dict))]
    borders = [getattr(text, "attention_chunk_size", None)]
    for scaling in scalings:
        if scaling.get("rope_type") == "longrope":
            original = scaling.get("original_max_position_embeddings")
            borders.append(original or getattr(text, "original_max_position_embeddings", None))
    return min((border for border in borders if border), default=None)


def _kept(record: Path) -> Engine | None:
    try:
        kept = json.loads(record.read_text())
        return Engine(**kept["engine"]) if kept["made_by"] == _made_by() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made_by() -> list[str]:
    return [str(_VERSION), version("torch"), version("transformers")]


@computing
def measure_engine(model: Any, device: torch.device, tokens: Sequence[int]) -> Engine:
    """Measure a model's logits in ragged batches, else in its native way; see `choose_engine`."""
    with quiet_transformers():
        ragged = _measure_ragged(model, device, list(tokens)) if can_set_attention(model) else None
        return ragged or _measure_native(model, device, list(tokens))


def _measure_ragged(model: Any, device: torch.device, tokens: list[int]) -> Engine | None:
    """Return the measurement of the ragged batch; None if it does not compute this model's logits."""
    runner = ModelRunner(model, device)
    keep = SAMPLE_TOKENS
    half = len(tokens) - SAMPLE_TOKENS // 2 - 3
    try:
        written = runner.new_cache(len(tokens))
        (whole,) = runner.forward([ForwardInput(written, tokens, keep)])
        if not written.nbytes or not written.buffer.flatten(1).any(dim=1).all():  # a layer has no attention
            return None
        cache = runner.new_cache(len(tokens))
        runner.forward([ForwardInput(cache, tokens[:half], 1)])
        (rest,) = runner.forward([ForwardInput(cache, tokens[half:], len(tokens) - half)])
        other = ForwardInput(runner.new_cache(_OTHER_TOKENS), tokens[:_OTHER_TOKENS][::-1], 1)
        _, beside = runner.forward([other, ForwardInput(runner.new_cache(len(tokens)), tokens, keep)])
        plain, noise = _plain_and_noise(model, tokens, keep)
    except _UNUSABLE:
        return None
    finally:
        model.set_attn_implementation(attention.NAME)
    difference = max(relative_error(rest, whole[-len(rest) :]), relative_error(beside, whole))
    error = relative_error(whole, plain)
    agrees = difference <= _limit(_MAX_DIFFERENCE, 2 * noise) and error <= _limit(_MAX_ERROR, 4 * noise)
    if not agrees:
        return None
    return Engine(mode="ragged", max_sequences=runner.max_sequences, error=error, difference=difference, noise=noise)


def _measure_native(model: Any, device: torch.device, tokens: list[int]) -> Engine:
    """Return the measurement of transformers' own steps.

    Raises:
        ModelError: they do not compute this model's logits either.
    """
    use_own_attention(model)
    try:
        plain, noise = _plain_and_noise(model, tokens, _STEPS)
        runner = NativeRunner(model, device)
        alone = _native_logits(runner, tokens)
        beside = _native_logits(runner, tokens, other=tokens[:_OTHER_TOKENS][::-1])
    except _UNUSABLE as cause:
        raise ModelError(
            f"transformers {version('transformers')} cannot run this model ({type(model).__name__}) on text alone: "
            f"{brief(cause)}. Choose another one."
        ) from cause
    finally:
        use_own_attention(model)
    difference, error = mean_error(beside, alone), mean_error(alone, plain)
    if not error <= _MAX_NATIVE_ERROR:
        raise ModelError(
            f"This model ({type(model).__name__}) computes something else token by token than in one pass with "
            f"transformers {version('transformers')}: its answers would be wrong. Choose another one."
        )
    isolated = difference <= _limit(_MAX_DIFFERENCE, 2 * noise)
    most = runner.max_sequences if isolated else 1
    return Engine(mode="native", max_sequences=most, error=error, difference=difference, noise=noise)


def _limit(usual: float, noise: float) -> float:
    """Return a limit that grows with a model's own noise, up to where a wrong engine begins."""
    return max(usual, min(noise, _LEAST_WRONG))


def _native_logits(runner: NativeRunner, tokens: list[int], other: Sequence[int] = ()) -> torch.Tensor:
    """Return the logits of the last tokens, computed one by one, with another sequence's steps between them."""
    cache, neighbour = runner.new_cache(len(tokens)), runner.new_cache(len(tokens))
    rows = []
    prefill = len(tokens) - _STEPS + 1
    for end in range(prefill, len(tokens) + 1):
        if other:
            new = other if not neighbour.length else other[-1:]
            runner.forward([ForwardInput(neighbour, new, 1)])
        rows += runner.forward([ForwardInput(cache, tokens[cache.length : end], 1)])
    return torch.cat(rows)


def _plain_and_noise(model: Any, tokens: list[int], keep: int) -> tuple[torch.Tensor, float]:
    """Return the last logits of the model's own forward pass, and the error between its attention kernels."""
    use_own_attention(model)
    plain = plain_logits(model, tokens, keep)
    own = model.config._attn_implementation
    if not can_set_attention(model) or own == "eager":
        return plain, 0.0
    model.set_attn_implementation("eager")
    return plain, relative_error(plain_logits(model, tokens, keep), plain)
