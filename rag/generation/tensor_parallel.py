"""Tensor parallelism: one model over several processes, each with a share of its heads and columns.

transformers shards the weights; torchrun starts the processes (ranks). Rank 0 is the program. Before each forward pass
it tells the others what it is about to compute, and they compute their share of the same, each with its own share of
the keys and values. What is told is JSON over a group of its own, which may be silent for as long as nobody asks.
"""

import json
import os
import sys
import weakref
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from transformers import AutoModelForCausalLM
from transformers.distributed import DistributedConfig

from rag.errors import ModelError
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.models import hardware

_FOREVER = timedelta(days=3650)


def rank() -> int:
    """This process's number among those that torchrun started; 0 without it."""
    return int(os.environ.get("RANK", "0"))


def launch(ranks: int, program: Sequence[str]) -> None:
    """Start a program in `ranks` processes, in place of this one; do nothing in one of them.

    `program` is what Python is given: "-m", a module and its arguments.

    Raises:
        ModelError: the system cannot do that.
    """
    if "LOCAL_RANK" in os.environ:
        return
    if sys.platform == "win32":
        raise ModelError("Tensor parallelism needs Linux or macOS. Leave out --tensor-parallel.")
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}"]
    os.execv(sys.executable, [sys.executable, *torchrun, *program])  # noqa: S606  ourselves


def load_sharded(folder: Path, ranks: int, attention: str) -> Any:
    """This rank's share of the model in a folder.

    Raises:
        ModelError: the model's heads cannot be divided so.
    """
    config = json.loads((folder / "config.json").read_text())
    heads = config.get("num_key_value_heads") or config.get("num_attention_heads") or 1
    if heads % ranks:
        raise ModelError(
            f"This model has {heads} key-value heads, which {ranks} processes cannot share evenly. Set "
            f"--tensor-parallel to a divisor of {heads}."
        )
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=hardware.GENERATOR_DTYPE,
        local_files_only=True,
        attn_implementation=attention,
        use_safetensors=True,
        distributed_config=DistributedConfig(tp_size=ranks),
    )
    return model.eval()


class LeadingRunner(ModelRunner):
    """The `ModelRunner` of rank 0: whatever it computes, the other ranks compute with it."""

    def __init__(self, model: Any, device: torch.device, tapped_layers: Sequence[int] = ()) -> None:
        super().__init__(model, device, tapped_layers)
        self._control = dist.new_group(backend="gloo", timeout=_FOREVER)
        self._journal: list[list[int]] = []
        weakref.finalize(self, _tell, None, self._control)  # also at exit: the others end with this process

    def new_cache(self, capacity: int) -> KVCache:
        """An empty cache; what becomes of it is noted for the others."""
        return KVCache(self.layers, capacity, self._journal)

    def forward(self, work: Sequence[ForwardInput]) -> list[torch.Tensor]:
        """The same pass on all ranks."""
        notes, self._journal[:] = list(self._journal), []
        steps = [[item.cache.key, item.cache.length, list(item.tokens), item.keep] for item in work]
        _tell({"notes": notes, "work": steps}, self._control)
        return super().forward(work)


def follow(model: Any, device: torch.device) -> None:
    """Compute this rank's share of everything rank 0 computes, until that ends."""
    runner = ModelRunner(model, device)
    control = dist.new_group(backend="gloo", timeout=_FOREVER)
    caches: dict[int, KVCache] = {}
    while (told := _hear(control)) is not None:
        for key, source, length, capacity in told["notes"]:
            if source < 0:
                caches.pop(key, None)
            elif source in caches:
                caches[key] = caches[source].copy(length, capacity)
        work = []
        for key, length, tokens, keep in told["work"]:
            cache = caches.setdefault(key, runner.new_cache(length + len(tokens)))
            cache.crop(length)
            work.append(ForwardInput(cache, tokens, keep))
        runner.forward(work)


def _tell(value: Any, group: Any) -> None:
    text = torch.frombuffer(bytearray(json.dumps(value).encode()), dtype=torch.uint8)
    dist.broadcast(torch.tensor([len(text)]), src=0, group=group)
    dist.broadcast(text, src=0, group=group)


def _hear(group: Any) -> Any:
    size = torch.zeros(1, dtype=torch.int64)
    dist.broadcast(size, src=0, group=group)
    text = torch.zeros(int(size), dtype=torch.uint8)
    dist.broadcast(text, src=0, group=group)
    return json.loads(bytes(text.tolist()))
