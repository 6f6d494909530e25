"""Measure a chat beside ingestion: `python -m benchmarks.chat_while_ingesting [--model NAME] [--runs N]`.

Asks the same question alone and while a long text is read and embedded, and prints a table row for each: tokens per
second, and the longest wait for a token.
"""

import argparse
import random
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

from benchmarks.machine import describe
from benchmarks.sample_library import sample_library
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.types import Token

QUESTION = "What are the powers of the Developers and of the Project Leader? Name them all."


def main() -> None:
    """Ask alone and during ingestion, and print a table row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with sample_library(model=options.model, max_new_tokens=96) as services:
        print(describe())
        print("| | tokens/s | longest wait for a token, s |\n|---|---|---|")
        ask(services)
        print(row("alone", [ask(services) for _ in range(options.runs)]))
        long = services.settings.library.with_name("long.txt")
        long.write_text(long_text())
        stop = Event()
        work = partial(open_ingestor(services).ingest_file, long, cancelled=stop)
        ingestion = Thread(target=work, daemon=True)
        ingestion.start()
        wait_for_embedding(services, long)
        answers = [ask(services) for _ in range(options.runs)]
        print(row("while a document is embedded" if ingestion.is_alive() else "(it ended too soon)", answers))
        stop.set()
        ingestion.join()


def ask(services: Services) -> tuple[float, float]:
    """Return the tokens per second after the first token, and the longest wait for one."""
    times = [time.perf_counter() for event in services.assistant.ask(QUESTION) if isinstance(event, Token)]
    waits = [later - earlier for earlier, later in pairwise(times)]
    return len(waits) / sum(waits), max(waits)


def row(what: str, answers: list[tuple[float, float]]) -> str:
    """Return a table row: the median rate and the longest wait."""
    speeds, waits = zip(*answers, strict=True)
    return f"| {what} | {sorted(speeds)[len(speeds) // 2]:.1f} | {max(waits):.2f} |"


def long_text() -> str:
    """Return about half a million random words, enough to embed for longer than the answers take."""
    chosen = random.Random(1)
    words = ["".join(chosen.choices("aeioulmnrst", k=6)) for _ in range(5000)]
    return "\n\n".join(" ".join(chosen.choices(words, k=90)).capitalize() + "." for _ in range(5000))


def wait_for_embedding(services: Services, path: Path) -> None:
    """Wait until the file has been read, and some of it embedded."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(entry.source.endswith(path.name) and entry.state == "reading" for entry in services.library.ledger()):
            time.sleep(5)
            return
        time.sleep(0.2)


if __name__ == "__main__":
    main()
