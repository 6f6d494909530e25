"""Convert CLAP NQ (Rosenthal et al. 2024): long answers from one passage, and passages without an answer.

Its files are `answerable.jsonl` and `unanswerable.jsonl`: one question with its passage a line.
"""

from pathlib import Path
from typing import Any

from benchmarks.datasets.samples import mix_passages, sample_evenly
from evaluation.case_selection import Distractors
from evaluation.cases import Case, GivenPassage
from evaluation.set_files import read_json_lines

_DISTRACTORS = 2

Row = dict[str, Any]


def cases(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return a case per question: its passage, and the two nearest to the question among those on other topics."""
    answerable, unanswerable = (
        list(read_json_lines(folder / f"{kind}.jsonl")) for kind in ("answerable", "unanswerable")
    )
    rows = [*answerable, *unanswerable]
    distractors = Distractors([_passage(row).text for row in rows])
    can_be_answered = {row["id"] for row in answerable}
    made = []
    for row in sample_evenly(answerable, unanswerable, limit, seed, lambda row: str(row["id"])):
        others = [index for index, other in enumerate(rows) if not _is_on_same_topic(row, other)]
        chosen = [_passage(rows[index]) for index in distractors.nearest(row["input"], _DISTRACTORS, others)]
        passages, gold = mix_passages([_passage(row)], chosen, seed, row["id"])
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


def _is_on_same_topic(row: Row, other: Row) -> bool:
    """Return whether two records share their question, or the title or text of their passage."""
    one, two = _passage(row), _passage(other)
    return row["input"] == other["input"] or one.title == two.title or one.text == two.text


def _passage(row: Row) -> GivenPassage:
    (passage,) = row["passages"]
    return GivenPassage(passage["text"], passage["title"])
