"""What the tests of the generation scheduler share: small models of random weights, and a runner that is watched."""

from collections.abc import Callable, Generator, Sequence
from threading import Event
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from rag.generation import attention
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.scheduler import Scheduler
from rag.generation.sequence import TokenSequence
from rag.generation.speculation import Drafter
from rag.runtime.compute_thread import on_compute_thread
from rag.types.decoding import Decoding

CPU = torch.device("cpu")
VOCABULARY = 97

needs_int8 = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this build of torch has no products of int8"
)


def random_model(
    family: str = "llama",
    implementation: str = attention.NAME,
    dtype: torch.dtype = torch.float32,
    **changes: Any,
) -> Any:
    """A small model: the same weights for the same settings, biases and norms included, so that a lost one is noticed.

    The weights are far apart, so that no two tokens are nearly as likely.
    """
    attention.register()
    settings: dict[str, Any] = {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    config = AutoConfig.for_model(family, **(settings | changes))
    model: Any = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=implementation)
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        weights = torch.randn(parameter.shape, generator=generator) * 0.3 + (parameter.dim() == 1)
        parameter.data = weights.to(dtype)
    return model.eval()


class WatchedRunner(ModelRunner):
    """Notes which caches took part in each pass, with how many rows."""

    def __init__(self, model: Any) -> None:
        super().__init__(model, CPU)
        self.passes: list[list[tuple[KVCache, int]]] = []

    def forward(self, work: Sequence[ForwardInput]) -> list[torch.Tensor]:
        self.passes.append([(item.cache, len(item.tokens)) for item in work])
        return super().forward(work)


def logits_of(runner: ModelRunner, *work: ForwardInput) -> list[torch.Tensor]:
    """One pass, in the thread in which everything computes."""
    return on_compute_thread(runner.forward, work)


def make_scheduler(
    runner: ModelRunner,
    *,
    slots: int = 4,
    queue: int = 8,
    prefix_bytes: int = 0,
    new_drafter: Callable[[], Drafter] | None = None,
    ends: Sequence[int] = (),
) -> Scheduler:
    return Scheduler(runner, ends, slots=slots, queue=queue, prefix_bytes=prefix_bytes, new_drafter=new_drafter)


def submit(
    scheduler: Scheduler, prompt: list[int], decoding: Decoding | int, cancelled: Event | None = None
) -> tuple[TokenSequence, Generator[int]]:
    """An answer and the iterator over its tokens; a number is that many greedy tokens."""
    if isinstance(decoding, int):
        decoding = Decoding(max_new_tokens=decoding)
    sequence = scheduler.submit(prompt, decoding, cancelled or Event())
    return sequence, scheduler.tokens(sequence)


def written(scheduler: Scheduler, prompt: list[int], decoding: Decoding | int) -> list[int]:
    """All tokens of an answer."""
    return list(submit(scheduler, prompt, decoding)[1])
