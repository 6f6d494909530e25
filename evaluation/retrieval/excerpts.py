"""`citewell eval chunking`: measure how much of the labelled excerpts was retrieved, and how little else.

The measures are those of Chroma's "Evaluating Chunking Strategies" (2024), over characters: recall is the share of the
excerpts that the retrieved chunks contain, precision the share of the retrieved text that belongs to an excerpt, IoU
the intersection over the union. All corpora are in one library; a chunk of another corpus only lowers precision.
"""

import csv
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.datasets.labelled_set import CorpusDocument, EvaluationError, explain
from evaluation.retrieval.indexing import index_documents
from rag.runtime.progress import Progress
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its corpus, and the character ranges of the excerpts that answer it."""

    text: str
    corpus: str
    excerpts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Means over the questions, in percent."""

    set: str
    questions: int
    chunks: int
    passages: int
    recall: float
    precision: float
    iou: float


def read_excerpts(folder: Path) -> tuple[tuple[CorpusDocument, ...], tuple[Question, ...]]:
    """Read the corpora and questions of a folder with corpora/*.md and questions_df.csv.

    Raises:
        EvaluationError: the folder has another layout.
    """
    try:
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
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} needs corpora/*.md and questions_df.csv: {explain(error)}.") from error
    if not documents or not questions:
        raise EvaluationError(f"{folder} needs corpora/*.md and questions_df.csv, and one of them has nothing in it.")
    for number, question in enumerate(questions, start=1):
        if not any(start < end for start, end in question.excerpts):
            raise EvaluationError(f"{folder / 'questions_df.csv'}: question {number} has no excerpt with a text.")
    return documents, questions


def evaluate(folder: Path, settings: Settings, progress: Progress, passages: int = 5) -> Report:
    """Retrieve chunks for every question, and compare them with its excerpts, character by character."""
    documents, questions = read_excerpts(folder)
    values = []
    with ExitStack() as stack:
        services, _ = index_documents(folder.name, documents, settings, progress, stack)
        corpora = {document.id: document.source for document in services.library.documents()}
        for done, question in enumerate(questions, start=1):
            found = services.retriever.retrieve(question.text, passages)
            spans = [(corpora[p.chunk.document_id] == question.corpus, p.chunk.start, p.chunk.end) for p in found]
            values.append(measure(question.excerpts, spans))
            progress(f"{folder.name}, questions", done, len(questions))
        chunks = services.library.chunk_count()
    recall, precision, iou = (100 * float(mean) for mean in np.mean(values, axis=0))
    return Report(
        set=folder.name,
        questions=len(questions),
        chunks=chunks,
        passages=passages,
        recall=recall,
        precision=precision,
        iou=iou,
    )


def measure(
    excerpts: tuple[tuple[int, int], ...], retrieved: list[tuple[bool, int, int]]
) -> tuple[float, float, float]:
    """Return recall, precision and IoU of one question. A retrieved span is (is of the right corpus, start, end)."""
    gold = {at for start, end in excerpts for at in range(start, end)}
    found = {at for right, start, end in retrieved if right for at in range(start, end)}
    size = sum(end - start for _, start, end in retrieved)
    hit = len(gold & found)
    return hit / len(gold), hit / max(1, size), hit / max(1, size + len(gold) - hit)
