"""Judge statements in one language against passages in another: `python -m benchmarks.quality.across DIR`.

DIR has XQuAD; `--split de-en` takes German statements and English passages. Statements are sentences of professionally
translated paragraphs, each with the answer to a question; errors are a figure that no passage has, or a name of another
article. The real model translates them for the check.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.datasets.xquad import Paragraph, paragraphs
from benchmarks.quality.planted_errors import find_names
from evaluation.case_selection import shuffled
from evaluation.cases import Case, GivenPassage
from evaluation.given_passages import as_passages
from rag.answering.translation import Translator
from rag.grounding.citations import cite
from rag.grounding.translated_answers import Asked, TranslatedSupport
from rag.interfaces import Scorer
from rag.services import Services
from rag.settings import load_settings
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


def main() -> None:
    """Print the shares of true statements supported and of wrong ones caught, and examples of mistakes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of XQuAD")
    parser.add_argument("--split", default="de-en", help="languages of statements and passages")
    parser.add_argument("--limit", type=int, default=40, help="true statements to judge")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model")
    parser.add_argument("--examples", type=int, default=2, help="examples of each kind of mistake")
    options = parser.parse_args()
    statements = make_statements(options.folder, options.split, options.limit, options.seed)
    with Services(load_settings(model=options.model)) as services:
        support = TranslatedSupport(Translator(services.generator).sentence, services.scorer)
        judged = [(each, _judge(each, support, services.scorer)) for each in statements]
    print(f"{options.folder.name}, {options.split}")
    report(judged, options.examples)


def make_statements(folder: Path, split: str, limit: int, seed: int) -> list[Statement]:
    """Return `limit` true statements, each followed by those that an error was planted in.

    `split` is "de-en" for German statements and English passages.
    """
    own, other = split.split("-")
    pairs = list(zip(paragraphs(folder, own), paragraphs(folder, other), strict=True))
    names = sorted({name for one, two in pairs for name in _shared_names(one["context"], two["context"])})
    stated = [(one, two["context"]) for one, two in pairs if _answering(one)]
    made: list[Statement] = []
    for one, passage in shuffled(stated, seed, lambda pair: pair[1])[:limit]:
        text = _answering(one)[0]
        foreign = shuffled([name for name in names if name not in passage], seed, text.__add__)
        made += [Statement(text, passage), *_with_errors(text, passage, foreign)]
    return made


def report(judged: Sequence[tuple[Statement, Sentence | None]], examples: int) -> None:
    """Print how many true statements are supported, and how many wrong ones are caught, with examples of mistakes."""
    true = [(one, found) for one, found in judged if one.error is None]
    supported = sum(_is_supported(found) for _, found in true) / max(len(true), 1)
    weak = sum(found is not None and found.support != "unsupported" for _, found in true) / max(len(true), 1)
    print(f"true: {len(true)}, supported {supported:.3f}, at least weak {weak:.3f}")
    for kind in ("number", "name"):
        if wrong := [found for one, found in judged if one.error == kind]:
            caught = sum(not _is_supported(found) for found in wrong) / len(wrong)
            print(f"wrong {kind}: {len(wrong)}, caught {caught:.3f}")
    for one, found in [each for each in true if not _is_supported(each[1])][:examples]:
        print(f"doubted: {_shown(one, found)}")
    for one, found in [each for each in judged if each[0].error and _is_supported(each[1])][:examples]:
        print(f"missed: {_shown(one, found)}")


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


if __name__ == "__main__":
    main()
