"""Measure what int8 weights cost in quality: `python -m benchmarks.perplexity [--model NAME] [--tokens N]`.

Prints the perplexity of a fixed real text with bfloat16 and with int8 weights, and their ratio. The text is the Debian
constitution and FAQ of the sample documents, in windows of 512 tokens without context before them.
"""

import argparse
import gc
import math
from collections.abc import Iterator

import torch
from transformers import AutoTokenizer

from benchmarks.machine import SAMPLES, describe
from ingest.readers.registry import reader_for
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import best_device, load_model
from rag.models.catalog import WeightFormat
from rag.models.resolve import resolve_model
from rag.runtime.compute_thread import on_compute_thread
from rag.settings import load_settings

WINDOW_TOKENS = 512
FORMATS: tuple[WeightFormat, ...] = ("bfloat16", "int8", "int4")


def main() -> None:
    """Print the perplexity in both formats, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    parser.add_argument("--tokens", type=int, default=8192)
    options = parser.parse_args()
    print(describe(), flush=True)
    result = {}
    for weights in FORMATS:
        result[weights] = on_compute_thread(perplexity, options.model, weights, options.tokens)
        print(f"{weights}: {result[weights]:.4f}", flush=True)
        gc.collect()
    for weights in FORMATS[1:]:
        print(f"{weights} / bfloat16: {result[weights] / result['bfloat16']:.4f}")


def perplexity(model: str, weights: WeightFormat, tokens: int) -> float:
    """Return the perplexity of the first `tokens` tokens of the text, without the first of each window."""
    folder = resolve_model(model, "generator", load_settings().models, weights=weights)
    runner = ModelRunner(load_model(folder, best_device()), best_device())
    ids = AutoTokenizer.from_pretrained(folder, local_files_only=True)(text())["input_ids"][:tokens]
    losses = [loss for window in _windows(ids) for loss in _losses(runner, window)]
    return math.exp(sum(losses) / len(losses))


def text() -> str:
    """Return the fixed text."""
    files = (SAMPLES / "debian-constitution.txt", SAMPLES / "debian-faq.pdf")
    return "\n".join(page.text for file in files for page in reader_for(file, file.name).read(file))


def _windows(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + WINDOW_TOKENS] for start in range(0, len(ids) - 1, WINDOW_TOKENS))


def _losses(runner: ModelRunner, ids: list[int]) -> list[float]:
    (logits,) = runner.forward([ForwardInput(runner.new_cache(len(ids)), ids, keep=len(ids))])
    chosen = logits[:-1].log_softmax(dim=-1).gather(1, torch.tensor(ids[1:], device=logits.device)[:, None])
    return [-value for value in chosen.flatten().tolist()]


if __name__ == "__main__":
    main()
