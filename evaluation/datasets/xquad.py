"""Read XQuAD (Artetxe et al. 2020) as a retrieval set: the same questions and paragraphs in several languages.

Its files are `xquad.LANGUAGE.json[.gz]` in SQuAD's format, with articles, paragraphs and questions in the same order.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from evaluation.datasets.labelled_set import CorpusDocument, EvaluationError, RetrievalSet, explain

Paragraph = dict[str, Any]
"""A paragraph with its `context`, the questions on it (`qas`) and the title of its `article`."""


def is_xquad(folder: Path) -> bool:
    """Return whether a folder holds XQuAD."""
    return any(folder.glob("xquad.*.json*"))


def read_xquad(folder: Path, split: str | None) -> RetrievalSet:
    """Read one language (`split` "de"), or questions in one over paragraphs in another ("de-en"). English if not given.

    Raises:
        EvaluationError: a language is missing, or its file is not what its name says.
    """
    asked, _, read = (split or "en").partition("-")
    questions, texts = paragraphs(folder, asked), paragraphs(folder, read or asked)
    try:
        documents = tuple(CorpusDocument(str(n), "", row["context"]) for n, row in enumerate(texts))
        rows = [(str(n), question) for n, row in enumerate(questions) for question in row["qas"]]
        queries = {str(question["id"]): str(question["question"]) for _, question in rows}
        judgements = {str(question["id"]): {paragraph: 1} for paragraph, question in rows}
    except (KeyError, TypeError) as error:
        raise EvaluationError(f"{folder} is not XQuAD: {explain(error)}.") from error
    return RetrievalSet(f"{folder.name}-{read or asked} {asked}", documents, queries, judgements)


def paragraphs(folder: Path, language: str) -> list[Paragraph]:
    """Return the paragraphs of all articles in a language, each with its questions and its article's title.

    Raises:
        EvaluationError: the language is missing, or its file is not what its name says.
    """
    path = next(folder.glob(f"xquad.{language}.json*"), None)
    if path is None:
        languages = ", ".join(sorted(file.name.split(".")[1] for file in folder.glob("xquad.*.json*")))
        raise EvaluationError(
            f"{folder} has no language '{language}'. Use --split with {languages}, or two as in de-en."
        )
    try:
        data = path.read_bytes()
        articles = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)["data"]
        return [
            {**paragraph, "article": str(article.get("title", number))}
            for number, article in enumerate(articles)
            for paragraph in article["paragraphs"]
        ]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path} is not in SQuAD's format: {explain(error)}.") from error
