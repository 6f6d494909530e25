"""Convert XQuAD (Artetxe et al. 2020): the same questions and paragraphs in several languages.

Its files are `xquad.LANGUAGE.json[.gz]` in SQuAD's format, with articles, paragraphs and questions in the same order.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.datasets.samples import mix_passages, sample_evenly
from evaluation.cases import Case, GivenPassage
from evaluation.labelled_set import CorpusDocument, RetrievalSet

Paragraph = dict[str, Any]
"""A paragraph with its `context`, the questions on it (`qas`) and the title of its `article`."""

_BESIDE = 2
"""An unanswerable question has the next paragraphs of its article: they come near, and do not answer."""


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    question: str
    paragraph: int
    answers: tuple[str, ...]


def read_xquad(folder: Path, split: str) -> RetrievalSet:
    """Return one language (`split` "de"), or questions in one over paragraphs in another ("de-en"), to search in."""
    asked, read = _languages(split)
    questions, texts = paragraphs(folder, asked), paragraphs(folder, read)
    documents = tuple(CorpusDocument(str(n), "", row["context"]) for n, row in enumerate(texts))
    rows = [(str(n), question) for n, row in enumerate(questions) for question in row["qas"]]
    queries = {str(question["id"]): str(question["question"]) for _, question in rows}
    judgements = {str(question["id"]): {paragraph: 1} for paragraph, question in rows}
    return RetrievalSet(f"{folder.name}-{read} {asked}", documents, queries, judgements)


def paragraphs(folder: Path, language: str) -> list[Paragraph]:
    """Return the paragraphs of all articles in a language, each with its questions and its article's title."""
    path = next(folder.glob(f"xquad.{language}.json*"), folder / f"xquad.{language}.json")
    data = path.read_bytes()
    articles = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)["data"]
    return [
        {**paragraph, "article": str(article.get("title", number))}
        for number, article in enumerate(articles)
        for paragraph in article["paragraphs"]
    ]


def cases(folder: Path, limit: int | None, seed: int, *, split: str = "en") -> list[Case]:
    """Return a case per question of `split`, half of them over the paragraphs beside their own.

    Half of `limit` are answerable. Gold is the answer in either language: names often stay as they are.
    """
    asked, read = _languages(split)
    questions, texts = paragraphs(folder, asked), paragraphs(folder, read)
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


def _languages(split: str) -> tuple[str, str]:
    asked, _, read = split.partition("-")
    return asked, read or asked


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
