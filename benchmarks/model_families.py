"""Run a tiny random model of every family through the product.

`python -m benchmarks.model_families [FAMILY ...]`

For each family that transformers offers for text, prints how its engine runs (ragged batch or transformers' own steps);
whether the greedy text in float32 is transformers' own, alone, beside another sequence and with guessed tokens; the
error of its logits in bfloat16; and what int8 makes of it. A model that is refused must be so in one sentence.
"""

import argparse
import json
import logging
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.machine import describe
from benchmarks.tiny_models import VOCABULARY, families, save_tiny_model, tiny_model
from rag.errors import CitewellError
from rag.generation.engine_check import choose_engine
from rag.generation.generator import LocalGenerator
from rag.models import causal_lm, hardware
from rag.models.kernels.quantised_copy import quantised_error, write_quantised
from rag.types.decoding import Decoding
from tests.support.random_models import word_tokenizer

WINDOW = 256
NEW_TOKENS = 12
MAX_SENTENCE = 300
_CPU = torch.device("cpu")


@dataclass(slots=True, kw_only=True)
class Result:
    """How one family fares; `refused` is the sentence, if it is refused."""

    family: str
    mode: str = ""
    alone: bool = False
    beside: bool = False
    guessing: bool = False
    bfloat16_error: float = 0.0
    int8: str = ""
    int8_error: float = 0.0
    refused: str = ""
    crash: str = ""

    @property
    def verdict(self) -> str:
        """Return "equal", "refused", "wrong" or "crash"."""
        if self.crash:
            return "crash"
        if self.refused:
            return "refused" if len(self.refused) <= MAX_SENTENCE else "crash"
        return "equal" if self.alone and self.beside and self.guessing else "wrong"


def main() -> int:
    """Print a line for each family and the counts; exit code 1 if one is wrong or crashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    print(describe(), file=sys.stderr, flush=True)
    counts: Counter[str] = Counter()
    for family in options.families or families():
        with tempfile.TemporaryDirectory() as folder:
            result = run_family(family, Path(folder))
        counts[result.verdict] += 1
        print(json.dumps(asdict(result)) if options.json else _line(result), flush=True)
    print(dict(counts), file=sys.stderr)
    return 1 if counts["wrong"] or counts["crash"] else 0


def run_family(family: str, folder: Path, **changes: Any) -> Result:
    """Return how a tiny model of a family fares."""
    result = Result(family=family)
    tokenizer = letter_tokenizer()
    try:
        model = tiny_model(family, **changes)
        expected = [own_text(model, prompt) for prompt in (PROMPT, OTHER)]
    except Exception as error:  # noqa: BLE001  not ours: transformers cannot make or run this one in float32
        result.refused = f"transformers itself: {causal_lm.brief(error)}"
        return result
    try:
        save_tiny_model(folder / "model", family, tokenizer, **changes)
        _compare_texts(result, folder / "model", expected)
        _measure_formats(result, folder, tokenizer)
    except CitewellError as error:
        result.refused = str(error)
    except Exception as error:  # noqa: BLE001  the very thing to be counted
        result.crash = f"{type(error).__name__}: {causal_lm.brief(error)}"
    return result


def _compare_texts(result: Result, folder: Path, expected: list[list[int]]) -> None:
    """Compare texts in float32, where rounding does not decide."""
    with patch.object(hardware, "GENERATOR_DTYPE", torch.float32):
        generator = LocalGenerator(folder, context_tokens=WINDOW, slots=4)
        plain = LocalGenerator(folder, context_tokens=WINDOW, slots=4, speculate=False)
    result.mode = generator.engine.mode
    expected = [_until_end(text, generator) for text in expected]
    result.alone = texts(plain, PROMPT) == expected[:1]
    result.beside = texts(plain, PROMPT, OTHER) == expected
    result.guessing = texts(generator, PROMPT, OTHER) == expected


def _measure_formats(result: Result, folder: Path, tokenizer: Any) -> None:
    """Measure the engine's error in bfloat16, and that of int8 weights."""
    model = causal_lm.load_whole(folder / "model")
    sample = causal_lm.sample_tokens(tokenizer, model)
    result.bfloat16_error = choose_engine(model, _CPU, sample, folder, WINDOW).error
    (folder / "int8").mkdir()
    model.config.save_pretrained(folder / "int8")
    causal_lm.use_own_attention(model)
    exact = causal_lm.plain_logits(model, sample, causal_lm.SAMPLE_TOKENS)
    layers = write_quantised(model, tokenizer, folder / "int8", "int8")
    result.int8 = layers or "stays bfloat16"
    if layers:
        result.int8_error = quantised_error(folder / "int8", sample, exact)
        tokenizer.save_pretrained(folder / "int8")
        LocalGenerator(folder / "int8", context_tokens=WINDOW)


def letter_tokenizer() -> Any:
    """Return a tokenizer of as many words as a tiny model has tokens."""
    return word_tokenizer(*(f"word{number}" for number in range(VOCABULARY - 32)))


def _tokens(count: int, seed: int) -> list[int]:
    """Return random tokens, the last ones of which repeat earlier ones, so that they can be guessed."""
    tokens = torch.randint(7, VOCABULARY - 8, (count,), generator=torch.Generator().manual_seed(seed)).tolist()
    return [*tokens, *tokens[10:20]]


PROMPT = _tokens(60, seed=3)
OTHER = _tokens(30, seed=4)


def own_text(model: Any, prompt: list[int]) -> list[int]:
    """Return the greedy text of transformers' own `generate`."""
    causal_lm.use_own_attention(model)
    with torch.inference_mode():
        text = model.generate(
            torch.tensor([prompt]), max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=None, pad_token_id=0
        )
    new: list[int] = text[0, len(prompt) :].tolist()
    return new


def _until_end(text: list[int], generator: LocalGenerator) -> list[int]:
    end = next((place for place, token in enumerate(text) if token in generator.end_tokens), len(text))
    return text[:end]


def texts(generator: LocalGenerator, *prompts: list[int]) -> list[list[int]]:
    """Return the greedy tokens after each prompt, generated beside each other."""
    scheduler = generator._scheduler
    decoding = Decoding(max_new_tokens=NEW_TOKENS)
    sequences = [scheduler.submit(prompt, decoding, Event()) for prompt in prompts]
    readers = [(each for each in scheduler.tokens(sequence) if isinstance(each, int)) for sequence in sequences]
    written: list[list[int]] = [[] for _ in prompts]
    for _ in range(NEW_TOKENS):
        for reader, text in zip(readers, written, strict=True):
            text.extend(token for token in [next(reader, None)] if token is not None)
    return written


def _line(result: Result) -> str:
    if result.crash or result.refused:
        return f"{result.family:26} {result.verdict:8} {result.crash or result.refused}"
    texts_equal = "/".join("same" if same else "DIFF" for same in (result.alone, result.beside, result.guessing))
    return (
        f"{result.family:26} {result.verdict:8} {result.mode:7} {texts_equal} bfloat16 {result.bfloat16_error:.4f} "
        f"int8 {result.int8} {result.int8_error:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main())
