"""Count how often claims about quotes get which mark: `python -m benchmarks.quality.support_marks FILE…`.

The files are JSON lines with quote, context (title › heading), claim, label and form, such as quotes_in_context.jsonl.
Each claim is checked as a sentence of an answer is, with the quote as its only passage.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from evaluation.set_files import read_json_lines
from rag.grounding.citations import cite, weakest
from rag.interfaces import Scorer
from rag.services import Services
from rag.settings import load_settings
from rag.types import Chunk, Passage, Support


def main() -> None:
    """Print for each form how many claims are supported, partly supported and not supported."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.jsonl")
    parser.add_argument("--words", action="store_true", help="without the model's opinion")
    arguments = parser.parse_args()
    print(describe())
    rows = [row for file in arguments.files for row in read_json_lines(file)]
    with Services(load_settings(model="default")) as services:
        scorer = services.words_scorer if arguments.words else services.scorer
        counted = Counter(((row["label"], row["form"]), _mark(row, scorer)) for row in rows)
    for label, form in sorted({kind for kind, _ in counted}, reverse=True):
        marks = {mark: counted[(label, form), mark] for mark in ("supported", "weak", "unsupported")}
        total = sum(marks.values())
        print(
            f"{label}, {form}: "
            + ", ".join(f"{mark} {count / total:.2f}" for mark, count in marks.items())
            + f" of {total}"
        )


def _mark(row: dict[str, Any], scorer: Scorer) -> Support:
    title, _, heading = row["context"].partition(" › ")
    chunk = Chunk(
        id=1,
        document_id=1,
        document=title,
        title=title,
        heading=heading,
        page=1,
        page_label="1",
        start=0,
        end=len(row["quote"]),
        text=row["quote"],
    )
    return weakest(cite(row["claim"], "", [Passage(chunk, 1.0)], scorer)) or "unsupported"


if __name__ == "__main__":
    main()
