"""Read and convert the set of Anthropic's retrieval cookbook: questions on sections of its documentation.

Source: anthropic-cookbook, skills/retrieval_augmented_generation.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from benchmarks.datasets.samples import mix_passages
from evaluation.case_selection import Distractors, sample
from evaluation.cases import Case, GivenPassage
from evaluation.labelled_set import CorpusDocument, RetrievalSet

QUESTIONS = "docs_evaluation_dataset.json"
SECTIONS = "anthropic_docs.json.gz"
_PASSAGES = 5


def read_cookbook(folder: Path) -> RetrievalSet:
    """Read the set in a folder. The link of a section is its id, its heading its title."""
    sections = json.loads(gzip.decompress((folder / SECTIONS).read_bytes()))
    documents = tuple(
        CorpusDocument(row["chunk_link"], row["chunk_heading"], _without_heading(row["chunk_heading"], row["text"]))
        for row in sections
    )
    questions = _questions(folder)
    queries = {row["id"]: row["question"] for row in questions}
    judgements = {row["id"]: dict.fromkeys(row["correct_chunks"], 1) for row in questions}
    return RetrievalSet(folder.name, documents, queries, judgements)


def _questions(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / QUESTIONS).read_text(encoding="utf-8"))
    return rows


def _without_heading(heading: str, text: str) -> str:
    """Return the text of a section without the heading it begins with, which is its title."""
    return text.removeprefix(heading).strip("\n") or text


def cases(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return a case per question: the sections that answer it and those nearest to it, five together."""
    labelled, answers = read_cookbook(folder), {row["id"]: row["correct_answer"] for row in _questions(folder)}
    distractors = Distractors([f"{document.title}\n{document.text}" for document in labelled.documents])
    passages = [GivenPassage(document.text, document.title) for document in labelled.documents]
    made = []
    for id_, question in sample(list(labelled.queries.items()), limit, seed, lambda item: item[0]):
        relevant = labelled.judgements[id_]
        gold = [index for index, document in enumerate(labelled.documents) if document.id in relevant]
        rest = sorted(set(range(len(passages))) - set(gold))
        others = distractors.nearest(question, max(0, _PASSAGES - len(gold)), rest)
        shown, positions = mix_passages([passages[i] for i in gold], [passages[i] for i in others], seed, id_)
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
