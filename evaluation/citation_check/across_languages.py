"""`citewell eval across`: true and false statements in one language, judged against passages in another.

Statements are sentences of professionally translated paragraphs (XQuAD), each with the answer to a question; errors are
a figure that no passage has, or a name of another article. The real model translates them for the check.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evaluation.answers.given_passages import as_passages
from evaluation.citation_check.planted_errors import find_names
from evaluation.datasets.case_selection import shuffled
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.labelled_set import EvaluationError
from evaluation.datasets.xquad import Paragraph, paragraphs
from rag.grounding.citations import cite
from rag.grounding.translation.translated_answers import Asked, TranslatedSupport
from rag.interfaces import Scorer
from rag.runtime.progress import Progress
from rag.text.sentences import sentence_spans
from rag.types import Passage, Sentence

Error = Literal["number", "name"]

_MIN_CHARACTERS, _MAX_CHARACTERS = 20, 260
_FIGURE = re.compile(r"(?<![\w.,])\d{2,4}(?![\w.,]\d)")
_MIN_NAME = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """A true sentence, or one with an error, and the passage in another language that has what is true."""

    text: str
    passage: str
    error: Error | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Shares of the true statements that are supported, at least weakly, and of those with an error that are caught."""

    split: str
    true: int
    supported: float
    at_least_weak: float
    caught: dict[Error, tuple[int, float]]
    doubted: tuple[str, ...]
    missed: tuple[str, ...]


def evaluate(
    split: str, statements: Sequence[Statement], support: TranslatedSupport, scorer: Scorer, progress: Progress
) -> Report:
    """Judge statements in one language against their passages in the other one of the pair."""
    judged = []
    for done, statement in enumerate(statements, start=1):
        judged.append((statement, _judge(statement, support, scorer)))
        progress(f"judging {split}", done, len(statements))
    return summarise(split, judged)


def make_statements(folder: Path, split: str, limit: int, seed: int) -> list[Statement]:
    """Return `limit` true statements, each followed by those that an error was planted in.

    `split` is "de-en" for German statements and English passages.

    Raises:
        EvaluationError: `split` is no pair, or the folder does not hold XQuAD in these languages.
    """
    own, _, other = split.partition("-")
    if not other:
        raise EvaluationError(f"'{split}' is no pair of languages. Give two, as in de-en.")
    pairs = list(zip(paragraphs(folder, own), paragraphs(folder, other), strict=True))
    names = sorted({name for one, two in pairs for name in _shared_names(one["context"], two["context"])})
    stated = [(one, two["context"]) for one, two in pairs if _answering(one)]
    made: list[Statement] = []
    for one, passage in shuffled(stated, seed, lambda pair: pair[1])[:limit]:
        text = _answering(one)[0]
        foreign = shuffled([name for name in names if name not in passage], seed, text.__add__)
        made += [Statement(text, passage), *_with_errors(text, passage, foreign)]
    return made


def summarise(split: str, judged: Sequence[tuple[Statement, Sentence | None]]) -> Report:
    """Return the figures of judged statements."""
    true = [(one, found) for one, found in judged if one.error is None]
    caught: dict[Error, tuple[int, float]] = {}
    kinds: tuple[Error, ...] = ("number", "name")
    for kind in kinds:
        wrong = [found for one, found in judged if one.error == kind]
        if wrong:
            caught[kind] = len(wrong), sum(not _is_supported(found) for found in wrong) / len(wrong)
    return Report(
        split=split,
        true=len(true),
        supported=sum(_is_supported(found) for _, found in true) / max(len(true), 1),
        at_least_weak=sum(found is not None and found.support != "unsupported" for _, found in true)
        / max(len(true), 1),
        caught=caught,
        doubted=tuple(_shown(one, found) for one, found in true if not _is_supported(found)),
        missed=tuple(_shown(one, found) for one, found in judged if one.error and _is_supported(found)),
    )


def _judge(statement: Statement, support: TranslatedSupport, scorer: Scorer) -> Sentence | None:
    passages: list[Passage] = as_passages(Case(id="", question="", passages=(GivenPassage(statement.passage),)))
    sentences = support.judge(cite(statement.text, "", passages, scorer), Asked(""), passages)
    return min(sentences, key=lambda each: ("unsupported", "weak", "supported").index(each.support), default=None)


def _is_supported(sentence: Sentence | None) -> bool:
    return sentence is not None and sentence.support == "supported"


def _shown(statement: Statement, sentence: Sentence | None) -> str:
    found = f" [{sentence.support}] {sentence.translation}" if sentence else ""
    return f"{statement.error or 'true'}: {statement.text}{found}"


def _answering(paragraph: Paragraph) -> list[str]:
    """Return the sentences of a paragraph that answer its questions, none too short or too long to be one."""
    text: str = paragraph["context"]
    golds = [answer["text"] for question in paragraph["qas"] for answer in question["answers"]]
    sentences = [text[span.start : span.end] for span in sentence_spans(text)]
    return [
        sentence
        for sentence in sentences
        if _MIN_CHARACTERS <= len(sentence) <= _MAX_CHARACTERS and any(gold in sentence for gold in golds)
    ]


def _with_errors(text: str, passage: str, foreign: Sequence[str]) -> list[Statement]:
    """Return the statement with another figure and with another name, where it has one."""
    made = []
    for match in list(_FIGURE.finditer(text))[:1]:
        wrong = next(str(int(match[0]) + step) for step in (3, 7, 11, 13) if str(int(match[0]) + step) not in passage)
        made.append(Statement(text[: match.start()] + wrong + text[match.end() :], passage, "number"))
    known = _shared_names(text, passage)[:1] if foreign else []
    return made + [Statement(text.replace(name, foreign[0]), passage, "name") for name in known]


def _shared_names(text: str, translated: str) -> list[str]:
    """Return the names that both texts spell alike."""
    return [name for name in find_names(text) if name in find_names(translated) and _is_name(name)]


def _is_name(text: str) -> bool:
    return len(text) >= _MIN_NAME and "," not in text
