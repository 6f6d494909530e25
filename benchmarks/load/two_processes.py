"""Measure what two Citewells on one machine leave each other: `python -m benchmarks.load.two_processes`.

Each reads a prompt of 256 tokens and writes 60 tokens, again and again: alone, then two at once, then alone.
"""

import argparse
import subprocess
import sys
import time

from benchmarks.generation import prompts
from benchmarks.machine import describe
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding

_PROMPT_TOKENS, _NEW_TOKENS = 256, 60


def main() -> None:
    """Print the tokens a second of one process alone and of two at once, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _write(options.seconds)
        return
    print(describe())
    before, both, after = (_rates(count, options.seconds) for count in (1, 2, 1))
    alone = (before[0] + after[0]) / 2
    print(f"tokens a second, reading included: alone {before[0]:.1f} and {after[0]:.1f}, two at once {both}")
    print(f"each against one alone: {', '.join(f'{rate / alone:.2f}' for rate in both)}")


def _rates(count: int, seconds: float) -> list[float]:
    """Return the tokens a second of some processes that write at once."""
    command = [sys.executable, "-m", "benchmarks.load.two_processes", "--worker", "--seconds", str(seconds)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ourselves
        for _ in range(count)
    ]
    for worker in workers:
        assert worker.stdout  # noqa: S101
        worker.stdout.readline()
    for worker in workers:
        assert worker.stdin  # noqa: S101
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [float(worker.communicate()[0]) for worker in workers]


def _write(seconds: float) -> None:
    generator = Services(load_settings(prefix_cache_mb=0)).generator
    messages = prompts()[_PROMPT_TOKENS]
    decoding = Decoding(max_new_tokens=_NEW_TOKENS, temperature=0)
    print("ready", flush=True)
    sys.stdin.readline()
    started, written = time.monotonic(), 0
    while time.monotonic() < started + seconds:
        *_, last = generator.stream(messages, decoding)
        written += last.tokens
    print(written / (time.monotonic() - started), flush=True)


if __name__ == "__main__":
    main()
