"""Reads the labelled set of Anthropic's retrieval cookbook: questions, and the sections of documentation that answer.

Source: anthropic-cookbook, skills/retrieval_augmented_generation.
"""

import gzip
import json
from pathlib import Path

from evaluation.beir import CorpusDocument, EvaluationError, RetrievalSet, why

QUESTIONS = "docs_evaluation_dataset.json"
SECTIONS = "anthropic_docs.json.gz"


def read_cookbook(folder: Path) -> RetrievalSet:
    """The set in a folder; the link of a section is its id, its heading the title.

    Raises:
        EvaluationError: a file is missing or is not what its name says.
    """
    try:
        sections = json.loads(gzip.decompress((folder / SECTIONS).read_bytes()))
        questions = json.loads((folder / QUESTIONS).read_text(encoding="utf-8"))
        documents = tuple(
            CorpusDocument(row["chunk_link"], row["chunk_heading"], _below(row["chunk_heading"], row["text"]))
            for row in sections
        )
        queries = {row["id"]: row["question"] for row in questions}
        judgements = {row["id"]: dict.fromkeys(row["correct_chunks"], 1) for row in questions}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} needs {SECTIONS} and {QUESTIONS}: {why(error)}.") from error
    return RetrievalSet(folder.name, documents, queries, judgements)


def _below(heading: str, text: str) -> str:
    """A section's text without the heading it begins with, which is the title already."""
    return text.removeprefix(heading).strip("\n") or text
