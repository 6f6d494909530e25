"""Measure how much of labelled excerpts is retrieved: `python -m benchmarks.quality.chunking DIR [--passages N]`.

DIR has corpora/*.md and questions_df.csv. The measures are those of Chroma's "Evaluating Chunking Strategies" (2024),
over characters: recall is the share of the excerpts that the retrieved chunks contain, precision the share of the
retrieved text that belongs to an excerpt, IoU the intersection over the union. All corpora are in one library; a chunk
of another corpus only lowers precision.
"""

import argparse
import csv
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from evaluation.indexing import index_documents
from evaluation.labelled_set import CorpusDocument
from rag.runtime.progress import no_progress
from rag.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its corpus, and the character ranges of the excerpts that answer it."""

    text: str
    corpus: str
    excerpts: tuple[tuple[int, int], ...]


def main() -> None:
    """Print the means over all questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--passages", type=int, default=5, help="chunks retrieved for a question")
    options = parser.parse_args()
    print(describe(), flush=True)
    values, chunks = evaluate(options.folder, load_settings(), options.passages)
    print(f"{options.folder.name}: {len(values)} questions, {chunks:,} chunks, {options.passages} retrieved")
    recall, precision, iou = 100 * np.mean(values, axis=0)
    print(f"recall {recall:.1f} %, precision {precision:.2f} %, IoU {iou:.2f} %")


def read_excerpts(folder: Path) -> tuple[tuple[CorpusDocument, ...], tuple[Question, ...]]:
    """Read the corpora and questions of a folder."""
    documents = tuple(
        CorpusDocument(path.stem, "", path.read_bytes().decode("utf-8"))
        for path in sorted((folder / "corpora").glob("*.md"))
    )
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as stream:
        questions = tuple(
            Question(
                row["question"],
                row["corpus_id"],
                tuple((int(r["start_index"]), int(r["end_index"])) for r in json.loads(row["references"])),
            )
            for row in csv.DictReader(stream)
        )
    return documents, questions


def evaluate(folder: Path, settings: Settings, passages: int = 5) -> tuple[list[tuple[float, float, float]], int]:
    """Retrieve chunks for every question, and compare them with its excerpts, character by character.

    Return recall, precision and IoU of each question, and how many chunks there are.
    """
    documents, questions = read_excerpts(folder)
    values = []
    with ExitStack() as stack:
        services, _ = index_documents(folder.name, documents, settings, no_progress, stack)
        corpora = {document.id: document.source for document in services.library.documents()}
        for question in questions:
            found = services.retriever.retrieve(question.text, passages)
            spans = [(corpora[p.chunk.document_id] == question.corpus, p.chunk.start, p.chunk.end) for p in found]
            values.append(measure(question.excerpts, spans))
        chunks = services.library.chunk_count()
    return values, chunks


def measure(
    excerpts: tuple[tuple[int, int], ...], retrieved: list[tuple[bool, int, int]]
) -> tuple[float, float, float]:
    """Return recall, precision and IoU of one question. A retrieved span is (is of the right corpus, start, end)."""
    gold = {at for start, end in excerpts for at in range(start, end)}
    found = {at for right, start, end in retrieved if right for at in range(start, end)}
    size = sum(end - start for _, start, end in retrieved)
    hit = len(gold & found)
    return hit / len(gold), hit / max(1, size), hit / max(1, size + len(gold) - hit)


if __name__ == "__main__":
    main()
