"""Convert XQuAD: questions in one language over paragraphs in another, half of them over others than their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets.case_selection import mix_passages, sample_evenly
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.xquad import Paragraph, paragraphs

_BESIDE = 2
"""An unanswerable question has the next paragraphs of its article: they come near, and do not answer."""


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    question: str
    paragraph: int
    answers: tuple[str, ...]


def cases(folder: Path, split: str | None, limit: int | None, seed: int) -> list[Case]:
    """Return a case per question of `split`, such as "de-en" for German questions over English paragraphs.

    Half of `limit` are answerable. Gold is the answer in either language: names often stay as they are.
    """
    asked, _, read = (split or "en").partition("-")
    questions, texts = paragraphs(folder, asked), paragraphs(folder, read or asked)
    rows = [
        _Asked(str(own["id"]), own["question"].strip(), number, tuple(dict.fromkeys([*_gold(own), *_gold(other)])))
        for number, (one, two) in enumerate(zip(questions, texts, strict=True))
        for own, other in zip(one["qas"], two["qas"], strict=True)
    ]
    beside = [row for row in rows if _neighbours(texts, row.paragraph)]
    kinds = [(row, True) for row in rows], [(row, False) for row in beside]
    return [
        _answerable(row, texts, seed, asked) if is_answerable else _unanswerable(row, texts, asked)
        for row, is_answerable in sample_evenly(*kinds, limit, seed, lambda item: item[0].id)
    ]


def _answerable(row: _Asked, texts: Sequence[Paragraph], seed: int, language: str) -> Case:
    own = _passage(texts[row.paragraph])
    others = [_passage(texts[n]) for n in _neighbours(texts, row.paragraph)[:1]]
    passages, gold = mix_passages([own], others, seed, row.id)
    return Case(
        id=f"xquad-{language}-{row.id}",
        question=row.question,
        passages=passages,
        answers=row.answers,
        answerable=True,
        gold_passages=gold,
    )


def _unanswerable(row: _Asked, texts: Sequence[Paragraph], language: str) -> Case:
    passages = tuple(_passage(texts[n]) for n in _neighbours(texts, row.paragraph))
    return Case(id=f"xquad-{language}-{row.id}-beside", question=row.question, passages=passages, answerable=False)


def _neighbours(texts: Sequence[Paragraph], own: int) -> list[int]:
    """Return the positions of the next paragraphs of the same article."""
    following = range(own + 1, min(own + 1 + _BESIDE, len(texts)))
    return [number for number in following if texts[number]["article"] == texts[own]["article"]]


def _gold(question: dict[str, Any]) -> list[str]:
    return [answer["text"] for answer in question["answers"]]


def _passage(paragraph: Paragraph) -> GivenPassage:
    return GivenPassage(paragraph["context"], paragraph["article"])
