"""Measure prefill and decoding of the local model: `citewell bench generation` or `python -m benchmarks.generation`.

Prompts are excerpts of the sample documents with a question about them, so that answers come from passages. Prints a
table row per engine (with and without speculative decoding, and llama.cpp with `--against llama.cpp`), then the
latency of follow-ups and the rate of several users at once. Every engine runs in a process of its own, one after the
other, so that neither memory nor processor is shared.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

from benchmarks.machine import ROOT, SAMPLES, describe, peak_memory_gb
from benchmarks.sample_library import QUESTIONS, sample_library
from rag.answering.prompt import build_messages
from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.interfaces import Generator, Message
from rag.models.catalog import DecoderShape, find_spec
from rag.models.machine_speed import measure_rates
from rag.models.named_models import find_named
from rag.models.speed_estimate import estimate_speed
from rag.services import Services
from rag.settings import load_settings
from rag.types import GenerationStats
from rag.types.decoding import Decoding, Grounding

PROMPT_TOKENS = (256, 1000, 3000)
USERS = (1, 2, 4, 8)
FOLLOW_UPS = {
    "leaning on the conversation": (
        (QUESTIONS[0], "And what does it mean?"),
        (QUESTIONS[1], "What about commercial software?"),
        (QUESTIONS[2], "And how long is the Leader's?"),
        (QUESTIONS[3], "Why not?"),
    ),
    "standing alone": (
        (QUESTIONS[2], "Who appoints the Project Secretary?"),
        (QUESTIONS[3], "Which command shows the installed packages?"),
        (QUESTIONS[4], "What is a source package?"),
    ),
}
_QUESTION = "Write out the text from its beginning, word for word."
_NEW_TOKENS = 96
_LONG_QUESTION = "Explain in your own words, point by point and in detail, everything that the text says."
_USER_CHARACTERS, _USER_TOKENS = 600, 96
"""Of several users at once: a short prefill and a long answer, so that for a while all of them decode."""


def main() -> None:
    """Measure one engine in this process (`--engine`), or each in a process of its own, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    parser.add_argument("--against", choices=["llama.cpp"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", choices=["citewell", "plain", "llama.cpp"])
    options = parser.parse_args()
    if options.engine:
        sys.stdout.write(json.dumps(measure(options.engine, options.model, options.runs)))
        return
    run(options.model, options.against, options.runs, as_json=options.json)


def run(model: str, against: str | None, runs: int, *, as_json: bool) -> None:
    """Measure the engines one after the other, and print each as soon as it is done."""
    results: dict[str, dict[str, Any]] = {}
    if not as_json:
        reading = " | ".join(f"read {n} tok/s" for n in PROMPT_TOKENS)
        print(describe())
        print(f"| engine | ready s | {reading} | write tok/s | answers tok/s | peak GB |", flush=True)
    for engine in ["citewell", "plain", *([against] if against else [])]:
        results[engine] = _in_a_process(engine, model, runs)
        if not as_json:
            print(_row(results[engine].get("build", engine), results[engine]), flush=True)
    if as_json:
        print(json.dumps({"machine": describe(), "results": results}, indent=2))
        return
    if estimate := results["plain"].get("estimate"):
        print(
            f"'citewell models' estimates for plain: read 1000 {estimate['read']:.0f} tok/s, "
            f"write {estimate['write']:.1f} tok/s"
        )
    ours = results["citewell"]
    for kind, ratio in ours["follow_ups"].items():
        print(f"first token of a follow-up {kind}, against the first question's: {ratio:.2f}")
    print(f"tokens a second with figures and names held to the sources, against without: {ours['grounded']:.3f}")
    for users, rate in ours["users"].items():
        print(
            f"{users} users at once: {rate['write']:.1f} tok/s while all write, {rate['whole']:.1f} with their reading"
        )


def _row(name: str, result: dict[str, Any]) -> str:
    reading = " | ".join(f"{result['read'][str(n)]:.0f}" for n in PROMPT_TOKENS)
    rates = f"{reading} | {result['write']:.1f} | {result['answers']:.1f}"
    return f"| {name} | {result['ready_s']:.1f} | {rates} | {result['peak_gb']:.2f} |"


def measure(engine: str, model: str, runs: int) -> dict[str, Any]:
    """Measure one engine in this process, and return its figures."""
    if engine == "llama.cpp":
        from benchmarks.llama_cpp_peer import measure_peer

        return measure_peer(prompts(), real_prompts(model), runs, _NEW_TOKENS)
    started = time.perf_counter()
    generator = Services(load_settings(model=model, speculate=engine == "citewell", prefix_cache_mb=0)).generator
    result: dict[str, Any] = {"ready_s": time.perf_counter() - started, "read": {}}
    for tokens, messages in prompts().items():
        stats = [_stats(generator, messages, 1) for _ in range(runs)]
        count = generator.count_tokens(messages)
        result["read"][tokens] = statistics.median(count / s.prefill_s for s, _ in stats)
    result["write"] = statistics.median(_decode_rate(generator, prompts()[1000]) for _ in range(runs))
    if engine == "plain" and (shape := _shape(model)):
        weights = Services(load_settings(model=model)).weight_format
        estimate = estimate_speed(shape, weights, measure_rates(weights))
        result["estimate"] = {"read": estimate.prefill, "write": estimate.decode}
    result["peak_gb"] = peak_memory_gb()
    if engine == "citewell":
        result["users"] = {users: _concurrent_rates(generator, users) for users in USERS}
        result["follow_ups"] = {kind: _follow_up_ratio(model, pairs) for kind, pairs in FOLLOW_UPS.items()}
        result["grounded"] = _grounded_ratio(generator, real_prompts(model), runs)
    result["answers"] = statistics.median(_decode_rate(generator, messages) for messages in real_prompts(model))
    return result


def _grounded_ratio(generator: Generator, prompts: Sequence[Sequence[Message]], runs: int) -> float:
    """Return the tokens per second with figures and names masked against those without, taken in turn."""
    grounded, free = [], []
    for messages in [*prompts] * runs:
        sources = Grounding(tuple(message["content"] for message in messages), figures_only=False)
        free.append(_rate(*_stats(generator, messages, _NEW_TOKENS)))
        grounded.append(_rate(*_stats(generator, messages, _NEW_TOKENS, sources)))
    return statistics.median(one / other for one, other in zip(grounded, free, strict=True))


def _shape(model: str) -> DecoderShape | None:
    """Return the sizes of a model that Citewell names."""
    known = find_spec(model) or find_named(model)
    return known.shape if known else None


def real_prompts(model: str) -> list[list[Message]]:
    """Return the prompts that the assistant would build for the questions; the language model is not loaded."""
    with sample_library(model=model) as services:
        found = [services.retriever.retrieve(question, services.settings.passages) for question in QUESTIONS]
        return [build_messages(SYSTEM_PROMPT, [], p, question) for p, question in zip(found, QUESTIONS, strict=True)]


def _decode_rate(generator: Generator, messages: Sequence[Message]) -> float:
    return _rate(*_stats(generator, messages, _NEW_TOKENS))


def _rate(stats: GenerationStats, tokens: int) -> float:
    return (tokens - 1) / max(1e-6, stats.decode_s)


def prompts() -> dict[int, list[Message]]:
    """Return prompts by approximate length in tokens: system prompt, an excerpt of the samples, a question."""
    text = (SAMPLES / "debian-constitution.txt").read_text(encoding="utf-8")
    return {tokens: excerpt_messages(text[: int((tokens - 130) * 4.45)], _QUESTION) for tokens in PROMPT_TOKENS}


def excerpt_messages(text: str, question: str) -> list[Message]:
    """Return the messages of a question about an excerpt of the samples."""
    return [
        {"role": "system", "content": SYSTEM_PROMPT},
        {"role": "user", "content": f"Sources:\n\n[1] debian-constitution.txt\n{text}\n\nQuestion: {question}"},
    ]


def _stats(
    generator: Generator, messages: Sequence[Message], tokens: int, grounding: Grounding | None = None
) -> tuple[GenerationStats, int]:
    *_, last = generator.stream(messages, Decoding(max_new_tokens=tokens), None, grounding)
    assert last.stats is not None  # noqa: S101  a local generator counts
    return last.stats, last.tokens


def _concurrent_rates(generator: Generator, users: int) -> dict[str, float]:
    """Return the tokens per second of several users at once: while all of them decode, and with their prefill."""
    text = (SAMPLES / "debian-constitution.txt").read_text(encoding="utf-8")
    barrier = Barrier(users + 1)
    progress: list[list[tuple[float, int]]] = [[] for _ in range(users)]

    def ask(number: int) -> None:
        messages = excerpt_messages(text[2500 * number :][:_USER_CHARACTERS], _LONG_QUESTION)
        barrier.wait()
        for piece in generator.stream(messages, Decoding(max_new_tokens=_USER_TOKENS)):
            progress[number].append((time.perf_counter(), piece.tokens))

    threads = [Thread(target=ask, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    ended = max(user[-1][0] for user in progress)
    total = sum(user[-1][1] for user in progress)
    begin, end = max(user[0][0] for user in progress), min(user[-1][0] for user in progress)
    written = sum(_tokens_at(user, end) - _tokens_at(user, begin) for user in progress)
    return {"whole": total / (ended - started), "write": written / (end - begin) if end > begin else 0.0}


def _tokens_at(progress: list[tuple[float, int]], moment: float) -> int:
    return max((tokens for when, tokens in progress if when <= moment), default=0)


def _follow_up_ratio(model: str, pairs: Sequence[tuple[str, str]]) -> float:
    """Return the median of (seconds to the first token of a follow-up / of its first question)."""
    with sample_library(model=model) as services:
        services.assistant.answer(QUESTIONS[5])
        ratios = []
        for first, second in pairs:
            one = services.assistant.answer(first)
            two = services.assistant.answer(second, one.turns)
            ratios.append(two.timings.first_token_s / one.timings.first_token_s)
        return statistics.median(ratios)


def _in_a_process(engine: str, model: str, runs: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.generation", "--engine", engine, "--model", model, "--runs", str(runs)]
    done = subprocess.run(  # noqa: S603  this very module
        command, capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(f"{engine} failed: {done.stderr.strip().splitlines()[-1]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
