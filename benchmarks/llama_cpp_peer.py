"""Run prompts through llama.cpp: the peer of `python -m benchmarks.generation --against llama.cpp`.

Uses llama-cpp-python, built for this processor, or else the prebuilt wheel of xllamacpp, which lacks AVX-512; `build`
in the result names the one used.
"""

import importlib.util
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import peak_memory_gb
from rag.interfaces import Message
from rag.models.catalog import find_spec
from rag.models.catalog_models import fetch
from rag.runtime.limits import allowed_processors
from rag.settings import load_settings

_WINDOW = 4096
_BATCH = 512


def is_installed() -> bool:
    """Return whether one of the bindings is installed."""
    return any(importlib.util.find_spec(name) is not None for name in ("llama_cpp", "xllamacpp"))


def measure_peer(
    prompts: dict[int, list[Message]], questions: list[list[Message]], runs: int, new_tokens: int
) -> dict[str, Any]:
    """Return seconds until ready, tokens per second of prefill and greedy decoding, and peak memory."""
    spec = find_spec("default")
    assert spec is not None  # noqa: S101  it is in the catalog
    path = fetch(spec, load_settings().models, offline=True) / str(spec.gguf)
    started = time.perf_counter()
    peer: LlamaCppPython | XLlamaCpp = (
        LlamaCppPython(path) if importlib.util.find_spec("llama_cpp") else XLlamaCpp(path)
    )
    result: dict[str, Any] = {"build": peer.build, "ready_s": time.perf_counter() - started, "read": {}}
    for tokens, messages in prompts.items():
        result["read"][tokens] = statistics.median(peer.prefill_rate(_prompt(messages)) for _ in range(runs))
    result["write"] = statistics.median(peer.decode_rate(_prompt(prompts[1000]), new_tokens) for _ in range(runs))
    result["answers"] = statistics.median(peer.decode_rate(_prompt(messages), new_tokens) for messages in questions)
    result["peak_gb"] = peak_memory_gb()
    return result


class LlamaCppPython:
    """llama-cpp-python: built from source for this processor."""

    build = "llama-cpp-python, built from source"

    def __init__(self, path: Path) -> None:
        from llama_cpp import Llama

        threads = allowed_processors()
        self._model: Any = Llama(
            str(path), n_ctx=_WINDOW, n_batch=_BATCH, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def prefill_rate(self, prompt: str) -> float:
        """Return the tokens per second of prefill, with nothing of the prompt cached."""
        ids = self._tokens(prompt)
        self._model.reset()
        started = time.perf_counter()
        self._model.eval(ids)
        return len(ids) / (time.perf_counter() - started)

    def decode_rate(self, prompt: str, new_tokens: int) -> float:
        """Return the tokens per second of greedy decoding after a prompt."""
        self._model.reset()
        self._model.eval(self._tokens(prompt))
        token = self._model.sample(temp=0.0)
        started = time.perf_counter()
        written = 0
        while written < new_tokens and token != self._model.token_eos():
            self._model.eval([token])
            token = self._model.sample(temp=0.0)
            written += 1
        return written / (time.perf_counter() - started)

    def _tokens(self, prompt: str) -> list[int]:
        tokens: list[int] = self._model.tokenize(prompt.encode(), add_bos=False, special=True)
        return tokens


class XLlamaCpp:
    """xllamacpp: llama.cpp's own server in this process, which reports its own timings."""

    build = "xllamacpp, a ready wheel without AVX-512"

    def __init__(self, path: Path) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx, params.n_batch, params.n_parallel = _WINDOW, _BATCH, 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = allowed_processors()
        self._server: Any = xllamacpp.Server(params)

    def prefill_rate(self, prompt: str) -> float:
        """Return the tokens per second of prefill, with nothing of the prompt cached."""
        return float(self._complete(prompt, 1)["prompt_per_second"])

    def decode_rate(self, prompt: str, new_tokens: int) -> float:
        """Return the tokens per second of greedy decoding after a prompt."""
        return float(self._complete(prompt, new_tokens)["predicted_per_second"])

    def _complete(self, prompt: str, new_tokens: int) -> dict[str, Any]:
        request = {"prompt": prompt, "n_predict": new_tokens, "temperature": 0.0, "cache_prompt": False}
        timings: dict[str, Any] = self._server.handle_completions(request)["timings"]
        return timings


def _prompt(messages: list[Message]) -> str:
    turns = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return f"{turns}<|im_start|>assistant\n"
