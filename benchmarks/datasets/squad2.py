"""Convert SQuAD 2.0 (Rajpurkar et al. 2018): short answers, and questions that their paragraph only seems to answer.

Its files are `contexts.jsonl`, paragraphs with `_id`, `title` and `text`, and `questions.jsonl` with questions on them.
"""

from pathlib import Path

from benchmarks.datasets.samples import mix_passages, sample_evenly
from evaluation.case_selection import Distractors
from evaluation.cases import Case, GivenPassage
from evaluation.probe_cases import Row, articles_held_out, read_squad2

_DISTRACTORS = 2


def cases(folder: Path, limit: int | None, seed: int, *, held_out: bool = False) -> list[Case]:
    """Return a case per question: its paragraph, and the two nearest to the question from the same article.

    Half of `limit` are answerable; the others have a paragraph that comes near, but no gold and no answers. If
    `held_out`, only articles that no probe is fitted on are asked about.
    """
    contexts, questions = read_squad2(folder)
    if held_out:
        titles = articles_held_out(contexts)
        contexts = [row for row in contexts if row["title"] in titles]
        known = {row["_id"] for row in contexts}
        questions = [row for row in questions if row["context_id"] in known]
    distractors = Distractors([row["text"] for row in contexts])
    position = {row["_id"]: index for index, row in enumerate(contexts)}
    articles: dict[str, set[int]] = {}
    for index, row in enumerate(contexts):
        articles.setdefault(row["title"], set()).add(index)
    chosen = sample_evenly(
        [row for row in questions if not row["is_impossible"]],
        [row for row in questions if row["is_impossible"]],
        limit,
        seed,
        lambda row: str(row["_id"]),
    )
    made = []
    for row in chosen:
        own = position[row["context_id"]]
        others = distractors.nearest(row["question"], _DISTRACTORS, articles[contexts[own]["title"]] - {own})
        passages, gold = mix_passages(
            [_passage(contexts[own])], [_passage(contexts[i]) for i in others], seed, row["_id"]
        )
        made.append(_case(row, passages, gold))
    return made


def _case(row: Row, passages: tuple[GivenPassage, ...], gold: tuple[int, ...]) -> Case:
    answerable = not row["is_impossible"]
    return Case(
        id=f"squad2-{row['_id']}",
        question=row["question"].strip(),
        passages=passages,
        answers=tuple(row["answers"]) if answerable else (),
        answerable=answerable,
        gold_passages=gold if answerable else (),
    )


def _passage(row: Row) -> GivenPassage:
    return GivenPassage(row["text"], row["title"].replace("_", " "))
