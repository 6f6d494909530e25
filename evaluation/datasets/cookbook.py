"""Reads the labelled set of Anthropic's retrieval cookbook: questions, and the sections of documentation that answer.

Source: anthropic-cookbook, skills/retrieval_augmented_generation.
"""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

from evaluation.datasets.beir import CorpusDocument, EvaluationError, RetrievalSet, why
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.distractors import Nearest, arranged
from evaluation.datasets.shuffle import sample

QUESTIONS = "docs_evaluation_dataset.json"
SECTIONS = "anthropic_docs.json.gz"
_PASSAGES = 5


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


def read(folder: Path) -> tuple[RetrievalSet, dict[str, str]]:
    """The set, and the answers by the questions' ids."""
    rows = json.loads((folder / QUESTIONS).read_text(encoding="utf-8"))
    return read_cookbook(folder), {row["id"]: row["correct_answer"] for row in rows}


def cases(labelled: RetrievalSet, answers: Mapping[str, str], limit: int | None, seed: int) -> list[Case]:
    """Each question with the sections that answer it and those nearest to it, five together."""
    nearest = Nearest([f"{document.title}\n{document.text}" for document in labelled.documents])
    passages = [GivenPassage(document.text, document.title) for document in labelled.documents]
    made = []
    for id_, question in sample(list(labelled.queries.items()), limit, seed, lambda item: item[0]):
        relevant = labelled.judgements[id_]
        gold = [index for index, document in enumerate(labelled.documents) if document.id in relevant]
        others = nearest.to(question, max(0, _PASSAGES - len(gold)), sorted(set(range(len(passages))) - set(gold)))
        shown, positions = arranged([passages[i] for i in gold], [passages[i] for i in others], seed, id_)
        made.append(
            Case(
                id=f"cookbook-{id_}",
                question=question,
                passages=shown,
                answers=(answers[id_],),
                long=True,
                answerable=True,
                gold_passages=positions,
            )
        )
    return made
