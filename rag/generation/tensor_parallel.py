"""Tensor parallelism: one model over several processes, each with a shard of its heads and columns.

transformers shards the weights; torchrun starts the processes (ranks). Rank 0 is the program. Before each forward pass
it broadcasts the inputs, and the others compute their shard of the same pass, each with its shard of the KV caches. The
broadcasts are JSON over a process group of their own, which does not time out while nobody asks anything.
"""

import json
import os
import sys
import weakref
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

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
    """Return this process's rank among those that torchrun started; 0 without torchrun."""
    return int(os.environ.get("RANK", "0"))


def launch(ranks: int, program: Sequence[str]) -> None:
    """Replace this process by `ranks` processes of a program; do nothing if this is one of them.

    `program` holds the arguments for Python: "-m", a module and its own arguments.

    Raises:
        ModelError: the operating system does not support it.
    """
    if "LOCAL_RANK" in os.environ:
        return
    if sys.platform == "win32":
        raise ModelError("Tensor parallelism needs Linux or macOS. Leave out --tensor-parallel.")
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}"]
    os.execv(sys.executable, [sys.executable, *torchrun, *program])  # noqa: S606  ourselves


def load_sharded(folder: Path, ranks: int, attention: str) -> Any:
    """Load this rank's shard of the model in a folder.

    Raises:
        ModelError: the model's heads cannot be divided evenly.
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
        trust_remote_code=False,
        attn_implementation=attention,
        use_safetensors=True,
        distributed_config=DistributedConfig(tp_size=ranks),
    )
    return model.eval()


class ControlGroup:
    """The process group over which rank 0 tells the others what to compute. Made by all ranks at the same time."""

    def __init__(self) -> None:
        self._group: Any = dist.new_group(backend="gloo", timeout=_FOREVER)

    def send(self, value: Any) -> None:
        """Send a value that JSON can hold to the other ranks."""
        text = torch.frombuffer(bytearray(json.dumps(value).encode()), dtype=torch.uint8)
        dist.broadcast(torch.tensor([len(text)]), src=0, group=self._group)
        dist.broadcast(text, src=0, group=self._group)

    def receive(self) -> Any:
        """Wait for the next value from rank 0, and return it."""
        size = torch.zeros(1, dtype=torch.int64)
        dist.broadcast(size, src=0, group=self._group)
        text = torch.zeros(int(size), dtype=torch.uint8)
        dist.broadcast(text, src=0, group=self._group)
        return json.loads(bytes(text.tolist()))

    def end(self) -> None:
        """Send None, by which the other ranks end, and leave all process groups.

        gloo's threads are joined when the last reference to their group goes. One that frees its last tensor later,
        while Python is ending, aborts the process.
        """
        self.send(None)
        dist.destroy_process_group()
        self._group = None


class LeadingRunner(ModelRunner):
    """The `ModelRunner` of rank 0: every forward pass runs on all ranks."""

    def __init__(self, model: Any, device: torch.device, tapped_layers: Sequence[int] = ()) -> None:
        super().__init__(model, device, tapped_layers)
        self._control = ControlGroup()
        self._journal: list[list[int]] = []
        weakref.finalize(self, self._control.end)  # also at exit: the others end with this process

    def new_cache(self, capacity: int) -> KVCache:
        """Return an empty cache whose copies and deletion are recorded for the other ranks."""
        return KVCache(self.layers, capacity, self._journal)

    def forward(self, inputs: Sequence[ForwardInput], until: int | None = None) -> list[torch.Tensor]:
        """Run the same forward pass on all ranks."""
        journal, self._journal[:] = list(self._journal), []
        rows = [[item.cache.id, item.cache.length, list(item.tokens), item.keep] for item in inputs]
        self._control.send({"journal": journal, "inputs": rows, "until": until})
        return super().forward(inputs, until)


def follow(model: Any, device: torch.device) -> NoReturn:
    """Compute this rank's shard of every forward pass of rank 0, and end this process when that one ends."""
    runner = ModelRunner(model, device)
    control = ControlGroup()
    caches: dict[int, KVCache] = {}
    while (message := control.receive()) is not None:
        for id_, original, length, capacity in message["journal"]:
            if original < 0:
                caches.pop(id_, None)
            elif original in caches:
                caches[id_] = caches[original].copy(length, capacity)
        inputs = []
        for id_, length, tokens, keep in message["inputs"]:
            cache = caches.setdefault(id_, runner.new_cache(length + len(tokens)))
            cache.crop(length)
            inputs.append(ForwardInput(cache, tokens, keep))
        runner.forward(inputs, message["until"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # not sys.exit: a thread of gloo that frees its last tensor after Python's end aborts the process
