"""The set of Anthropic's retrieval cookbook: questions on documentation, with the sections that answer."""

import json
from collections.abc import Mapping
from pathlib import Path

from evaluation.answer_cases import Case, GivenPassage
from evaluation.beir import RetrievalSet
from evaluation.converters.nearest import Nearest, arranged
from evaluation.cookbook import QUESTIONS, read_cookbook
from evaluation.shuffle import sample

_PASSAGES = 5


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
                f"cookbook-{id_}",
                question,
                shown,
                answers=(answers[id_],),
                long=True,
                answerable=True,
                gold_passages=positions,
            )
        )
    return made
