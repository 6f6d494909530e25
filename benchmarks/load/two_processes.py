"""Measure what two Citewells, or Citewell and others, leave each other: `python -m benchmarks.load.two_processes`.

Each reads a prompt of 256 tokens and writes 60 tokens, again and again: alone, then two at once, then alone. With
`--busy 2 4` one writes instead beside so many threads of others that compute all the time.
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
    parser.add_argument("--busy", type=int, nargs="+", metavar="THREADS", default=())
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _write(options.seconds)
        return
    print(describe())
    (before,) = _rates(1, options.seconds)
    if options.busy:
        others = {f"beside {threads} busy threads": _rates(1, options.seconds, threads) for threads in options.busy}
    else:
        others = {"two at once": _rates(2, options.seconds)}
    (after,) = _rates(1, options.seconds)
    print(f"tokens a second, reading included: alone {before:.1f} and {after:.1f}")
    for name, rates in others.items():
        shares = ", ".join(f"{rate:.1f} ({2 * rate / (before + after):.2f} of alone)" for rate in rates)
        print(f"{name}: {shares}")


def _rates(count: int, seconds: float, busy: int = 0) -> list[float]:
    """Return the tokens a second of some processes that write at once, beside so many busy threads of others."""
    command = [sys.executable, "-m", "benchmarks.load.two_processes", "--worker", "--seconds", str(seconds)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ourselves
        for _ in range(count)
    ]
    for worker in workers:
        assert worker.stdout  # noqa: S101
        worker.stdout.readline()
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    try:
        for worker in workers:
            assert worker.stdin  # noqa: S101
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [float(worker.communicate()[0]) for worker in workers]
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


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
