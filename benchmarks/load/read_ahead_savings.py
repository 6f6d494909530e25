"""Measure what reading ahead saves: `python -m benchmarks.load.read_ahead_savings`.

Seconds to the first token of questions about the sample documents: with nothing read but the system prompt, with the
whole question read before, and with all of it but its last word.
"""

import statistics
import time
from threading import Event

from benchmarks.machine import describe
from benchmarks.sample_library import QUESTIONS, sample_library
from rag.assistant import Assistant
from rag.generation.generator import LocalGenerator
from rag.services import Services
from rag.types import Token


def main() -> None:
    """Print a row for each question, and the medians."""
    print(describe())
    print("| question | nothing read | all read | all but the last word |")
    rows = []
    with sample_library(max_new_tokens=8) as services:
        for question in QUESTIONS:
            rows.append(
                [_first_token(services, question, typed) for typed in ("", question, question.rsplit(" ", 1)[0])]
            )
            print(f"| {question} | {' | '.join(f'{seconds:.2f}' for seconds in rows[-1])} |", flush=True)
    print(f"medians: {' | '.join(f'{statistics.median(column):.2f}' for column in zip(*rows, strict=True))}")


def _first_token(services: Services, question: str, typed: str) -> float:
    """Return the seconds to the first token of a question of which so much was read ahead."""
    generator, assistant = services.generator, services.assistant
    assert isinstance(generator, LocalGenerator)  # noqa: S101  the model is on this machine
    generator._scheduler.forget()
    _begin(assistant, "What is Debian?")  # the system prompt is known
    if typed:
        assistant.read_ahead(typed, cancelled=Event())
    started = time.perf_counter()
    _begin(assistant, question)
    return time.perf_counter() - started


def _begin(assistant: Assistant, question: str) -> None:
    events = assistant.ask(question)
    next(event for event in events if isinstance(event, Token))
    list(events)


if __name__ == "__main__":
    main()
