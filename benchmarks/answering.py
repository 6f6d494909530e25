"""Measure the whole answering path: `python -m benchmarks.answering [--model NAME] [--runs N]`.

Asks three example questions about the sample documents several times each, after a warm-up, and prints a table row per
question: prompt tokens, milliseconds of retrieval, seconds to the first token, prefill and decode tokens per second
(medians).
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import SAMPLES, describe
from benchmarks.sample_library import EXAMPLES
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer


def main() -> None:
    """Ingest the samples, ask the questions, and print a table row per question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Services(load_settings(library=Path(folder), model=options.model)) as services,
    ):
        results = list(open_ingestor(services).ingest([str(SAMPLES)]))
        print(describe())
        print(f"ingestion: {sum(r.pages for r in results)} pages in {sum(r.seconds for r in results):.1f} s")
        print("| question | prompt tokens | retrieval ms | first token s | prefill tokens/s | decode tokens/s |")
        print("|---|---|---|---|---|---|")
        services.assistant.answer(EXAMPLES[0])
        for question in EXAMPLES:
            print(row(question, [services.assistant.answer(question) for _ in range(options.runs)]))


def row(question: str, answers: list[Answer]) -> str:
    """Return the table row of one question: medians over its answers."""
    timings = [answer.timings for answer in answers]
    retrieval = statistics.median(t.retrieve_s for t in timings)
    first = statistics.median(t.first_token_s for t in timings)
    prefill = statistics.median(t.prompt_tokens / (t.first_token_s - t.retrieve_s) for t in timings)
    decode = statistics.median((t.output_tokens - 1) / (t.total_s - t.first_token_s) for t in timings)
    cells = (question, timings[0].prompt_tokens, f"{1000 * retrieval:.0f}", f"{first:.2f}", f"{prefill:.0f}")
    return f"| {' | '.join(map(str, cells))} | {decode:.1f} |"


if __name__ == "__main__":
    main()
