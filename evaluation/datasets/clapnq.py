"""CLAP NQ (Rosenthal et al. 2024): answers of some sentences from one passage, and passages without an answer.

`answerable.jsonl` and `unanswerable.jsonl`, one question with its passage a line.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.datasets.beir import read_rows
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.distractors import Nearest, arranged
from evaluation.datasets.shuffle import sample_evenly

_DISTRACTORS = 2

Row = dict[str, Any]


def read(folder: Path) -> tuple[list[Row], list[Row]]:
    """Answerable and unanswerable records of a folder."""
    return list(read_rows(folder / "answerable.jsonl")), list(read_rows(folder / "unanswerable.jsonl"))


def cases(answerable: Sequence[Row], unanswerable: Sequence[Row], limit: int | None, seed: int) -> list[Case]:
    """Each question with its passage and the two of other records, on something else, that are nearest to it."""
    rows = [*answerable, *unanswerable]
    nearest = Nearest([_passage(row).text for row in rows])
    can_be_answered = {row["id"] for row in answerable}
    made = []
    for row in sample_evenly(answerable, unanswerable, limit, seed, lambda row: str(row["id"])):
        others = [index for index, other in enumerate(rows) if not _is_same(row, other)]
        distractors = [_passage(rows[index]) for index in nearest.to(row["input"], _DISTRACTORS, others)]
        passages, gold = arranged([_passage(row)], distractors, seed, row["id"])
        made.append(_case(row, passages, gold, answerable=row["id"] in can_be_answered))
    return made


def _case(row: Row, passages: tuple[GivenPassage, ...], gold: tuple[int, ...], *, answerable: bool) -> Case:
    answers = tuple(dict.fromkeys(output["answer"].strip() for output in row["output"] if output["answer"].strip()))
    return Case(
        id=f"clapnq-{row['id']}",
        question=row["input"].strip(),
        passages=passages,
        answers=answers if answerable else (),
        long=answerable,
        answerable=answerable,
        gold_passages=gold if answerable else (),
    )


def _is_same(row: Row, other: Row) -> bool:
    """Whether two records share their question or what their passage is about."""
    one, two = _passage(row), _passage(other)
    return row["input"] == other["input"] or one.title == two.title or one.text == two.text


def _passage(row: Row) -> GivenPassage:
    (passage,) = row["passages"]
    return GivenPassage(passage["text"], passage["title"])
