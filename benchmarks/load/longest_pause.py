"""Measure for how long anybody's words stop while others write and read: `python -m benchmarks.load.longest_pause`.

Seven users write; while they do, an eighth comes with a prompt of 3,000 tokens.
"""

import argparse
import time
from threading import Event, Thread

from benchmarks.generation import excerpt_messages, prompts
from benchmarks.machine import SAMPLES, describe
from rag.interfaces import Generator, Message
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding

_WRITERS = 7
_CHARACTERS, _NEW_TOKENS = 600, 220
_PROMPT_TOKENS = 3000
_BEFORE_IT_COMES_S = 3.0
_SHOWN = 5


def main() -> None:
    """Print the longest pauses of those who write, and how long the one who reads waits."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(describe())
    generator = Services(load_settings(prefix_cache_mb=0)).generator
    list(generator.stream(_messages(0), Decoding(max_new_tokens=2)))  # weights come from the disk
    pauses: list[float] = []
    begun = Event()

    def write(number: int) -> None:
        last = 0.0
        for piece in generator.stream(_messages(number), Decoding(max_new_tokens=_NEW_TOKENS)):
            now = time.perf_counter()
            if piece.tokens and last:
                pauses.append(now - last)
                begun.set()
            last = now if piece.tokens else last

    writers = [Thread(target=write, args=(number,)) for number in range(_WRITERS)]
    for writer in writers:
        writer.start()
    begun.wait()
    time.sleep(_BEFORE_IT_COMES_S)
    waited = _first_word_after(generator)
    for writer in writers:
        writer.join()
    longest = ", ".join(f"{pause:.2f}" for pause in sorted(pauses, reverse=True)[:_SHOWN])
    print(f"longest pauses of {_WRITERS} who write: {longest} s; first word of the one who reads after {waited:.1f} s")


def _first_word_after(generator: Generator) -> float:
    started = time.perf_counter()
    for piece in generator.stream(prompts()[_PROMPT_TOKENS], Decoding(max_new_tokens=8)):
        if piece.tokens:
            break
    return time.perf_counter() - started


def _messages(number: int) -> list[Message]:
    text = (SAMPLES / "debian-constitution.txt").read_text(encoding="utf-8")[2500 * number :]
    return excerpt_messages(text[:_CHARACTERS], "Explain all of it.")


if __name__ == "__main__":
    main()
