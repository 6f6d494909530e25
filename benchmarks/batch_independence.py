"""Count the rows that other sequences change: `python -m benchmarks.batch_independence [--trials N]`.

A text goes through the model alone. Then it is taken up again and again at a random token, from a copy of its KV
cache, and goes on in random stretches beside random neighbours, as with reused prefixes, several users or drafts.
Keys, values and logits are compared to the last bit, and the logits by the token they would choose.
"""

import argparse
import random
from dataclasses import dataclass
from typing import get_args

import torch
from transformers import AutoTokenizer

from benchmarks.machine import describe
from benchmarks.perplexity import text
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.loading import best_device, load_model
from rag.generation.scheduler import MAX_DECODE_ROWS, MAX_STEP_ROWS
from rag.models.catalog import WeightFormat
from rag.models.resolve import resolve_model
from rag.runtime.compute_thread import on_compute_thread
from rag.settings import load_settings

_STRETCHES = 2
_MAX_NEIGHBOURS = 3
_NEIGHBOUR_TOKENS = 64
_MAX_LOGITS = 24
"""Rows of a stretch whose logits are compared: its last."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows compared; those with another bit in keys, values or logits, and those that would choose another token."""

    rows: int
    changed: int
    other_tokens: int


def main() -> None:
    """Print a table row for one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    parser.add_argument("--weights", choices=get_args(WeightFormat), default="int8")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--tokens", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(describe(), flush=True)
    print(
        "| model | weights | trials | rows compared | rows changed | other tokens | trials with other tokens |",
        flush=True,
    )
    folder = resolve_model(options.model, "generator", load_settings().models, weights=options.weights)
    ids = AutoTokenizer.from_pretrained(folder, local_files_only=True)(text())["input_ids"]
    runner = ModelRunner(on_compute_thread(load_model, folder, best_device()), best_device())
    found = on_compute_thread(measure, runner, ids, options.tokens, options.trials, options.seed)
    rows, changed = sum(one.rows for one in found), sum(one.changed for one in found)
    tokens, trials = sum(one.other_tokens for one in found), sum(one.other_tokens > 0 for one in found)
    print(f"| {options.model} | {options.weights} | {len(found)} | {rows} | {changed} | {tokens} | {trials} |")


def measure(runner: ModelRunner, ids: list[int], tokens: int, trials: int, seed: int) -> list[Difference]:
    """Return what differs in each of several random continuations of the first `tokens` tokens."""
    chance = random.Random(seed)
    alone, logits = runner.new_cache(0), []
    while alone.length < tokens:
        part = ids[alone.length : tokens][:MAX_STEP_ROWS]
        logits += runner.forward([ForwardInput(alone, part, keep=len(part))])
    return [_trial(runner, ids[:tokens], alone, torch.cat(logits), chance) for _ in range(trials)]


def _trial(
    runner: ModelRunner, ids: list[int], alone: KVCache, expected: torch.Tensor, chance: random.Random
) -> Difference:
    """Go on from a random token for a few stretches, and compare."""
    start = chance.randrange(len(ids))
    cache = alone.copy(start, 0)
    changed = torch.zeros(len(ids), dtype=torch.bool)
    other_tokens = 0
    for _ in range(_STRETCHES):
        part = ids[cache.length :][: _random_rows(chance)]
        if not part:
            break
        keep = min(len(part), _MAX_LOGITS)
        inputs = _neighbours(runner, ids, chance)
        place = chance.randint(0, len(inputs))
        inputs.insert(place, ForwardInput(cache, part, keep))
        logits, end = runner.forward(inputs)[place].cpu(), cache.length
        before = expected[end - keep : end].cpu()
        changed[end - keep : end] |= (logits != before).any(dim=1)
        other_tokens += int((logits.argmax(dim=1) != before.argmax(dim=1)).sum())
    changed[start : cache.length] |= _changed_in_cache(runner.layers, alone, cache)[start:]
    return Difference(cache.length - start, int(changed.sum()), other_tokens)


def _changed_in_cache(layers: int, alone: KVCache, cache: KVCache) -> torch.Tensor:
    """Return for each token of a cache if its keys or values differ from the whole text's."""
    changed = torch.zeros(cache.length, dtype=torch.bool)
    for layer in range(layers):
        for found, expected in zip(cache.blocks(layer, 0), alone.blocks(layer, 0), strict=True):
            differ = found[:, : cache.length] != expected[:, : cache.length]
            changed |= differ.any(dim=2).any(dim=0).cpu()
    return changed


def _random_rows(chance: random.Random) -> int:
    """Return the length of a stretch: a token, a token and its draft, or a part of a prompt."""
    return chance.choice((1, chance.randint(2, MAX_DECODE_ROWS), chance.randint(MAX_DECODE_ROWS + 1, MAX_STEP_ROWS)))


def _neighbours(runner: ModelRunner, ids: list[int], chance: random.Random) -> list[ForwardInput]:
    """Return up to three other sequences, each a part of the text from anywhere."""
    neighbours = []
    for _ in range(chance.randint(0, _MAX_NEIGHBOURS)):
        start, length = chance.randrange(len(ids)), chance.randint(1, _NEIGHBOUR_TOKENS)
        neighbours.append(ForwardInput(runner.new_cache(0), ids[start:][:length], keep=1))
    return neighbours


if __name__ == "__main__":
    main()
