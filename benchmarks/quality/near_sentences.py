"""Measure how near the deciding sentence is ranked: `python -m benchmarks.quality.near_sentences [--xquad DIR]`.

Each yes/no question of answered.jsonl and yes_no_documents.jsonl whose deciding sentences are marked is asked of all
documents in its language; a question of XQuAD is asked of its article, whose sentence with the answer is to be found.
Told is the share of questions that have it among the first two, four and six, as in the product and by the embedder
alone. It needs no language model.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from unittest.mock import patch

import numpy as np

from benchmarks.datasets.xquad import paragraphs
from benchmarks.machine import describe
from benchmarks.quality.fit_yes_no import as_passage
from evaluation.case_selection import sample
from evaluation.set_files import read_json_lines
from rag.interfaces import Embedder, Vectors
from rag.retrieval import sentence_ranking
from rag.retrieval.sentence_ranking import RankedSentence, ranked_sentences
from rag.services import Services
from rag.settings import load_settings
from rag.types import Passage

_HERE = Path(__file__).parent
_MARKED = ("answered.jsonl", "yes_no_documents.jsonl")
_LANGUAGES = ("en", "de", "es", "ar", "zh")
_FIRST = (2, 4, 6)
_OF_A_LANGUAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of some passages, and whether a sentence of them decides it."""

    question: str
    passages: Sequence[Passage]
    decides: Callable[[RankedSentence], bool]


class Remembering:
    """An embedder that embeds no text twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.is_multilingual = embedder.is_multilingual
        self._known: dict[str, Vectors] = {}

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._embedder.embed_documents(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        return self._embedder.embed_query(text)


def marked(file: Path) -> Iterator[tuple[str, Asked]]:
    """Yield the language and the question of those whose deciding sentences are marked."""
    libraries = list(read_json_lines(file))
    passages: dict[str, list[Passage]] = defaultdict(list)
    for library in libraries:
        passages[library["language"]] += [as_passage(each["text"], each["title"]) for each in library["documents"]]
    for library in libraries:
        among = passages[library["language"]]
        for row in library["questions"]:
            if row["kind"] == "yes_no" and row.get("sentences"):
                yield library["language"], Asked(row["question"], among, _one_of(row["sentences"], among))


def _one_of(sentences: Sequence[str], passages: Sequence[Passage]) -> Callable[[RankedSentence], bool]:
    def decides(each: RankedSentence) -> bool:
        text = passages[each.passage].chunk.text[each.span.start : each.span.end]
        return any(sentence.strip() in text or text in sentence for sentence in sentences)

    return decides


def xquad(folder: Path, language: str) -> Iterator[Asked]:
    """Yield questions of a language of XQuAD."""
    articles: dict[str, list[Passage]] = defaultdict(list)
    rows = []
    for paragraph in paragraphs(folder, language):
        among = articles[paragraph["article"]]
        rows += [(row, among, len(among)) for row in paragraph["qas"]]
        among.append(as_passage(paragraph["context"]))
    for row, among, own in sample(rows, _OF_A_LANGUAGE, 0, lambda each: str(each[0]["id"])):
        yield Asked(row["question"], among, _holds(own, row["answers"][0]["answer_start"]))


def _holds(passage: int, at: int) -> Callable[[RankedSentence], bool]:
    return lambda each: each.passage == passage and each.span.start <= at < each.span.end


def shares(asked: Sequence[Asked], embedder: Embedder) -> str:
    """Return the shares of questions whose deciding sentence is among the first, as text."""
    places = []
    for each in asked:
        ranked = ranked_sentences(each.passages, [each.question], embedder)
        places.append(next((at for at, sentence in enumerate(ranked) if each.decides(sentence)), len(ranked)))
    return " / ".join(f"{np.mean([at < first for at in places]):.3f}" for first in _FIRST)


def report(name: str, asked: Sequence[Asked], embedder: Embedder) -> None:
    """Print the shares of some questions by the embedder alone and as in the product."""
    with patch.object(sentence_ranking, "WORDS_WEIGHT", {True: 0.0, False: 0.0}):
        alone = shares(asked, embedder)
    print(f"{name}, {len(asked)} questions, first two / four / six: {shares(asked, embedder)}; embedder alone {alone}")


def main() -> int:
    """Measure and report; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xquad", type=Path, help="folder of XQuAD's files")
    arguments = parser.parse_args()
    print(describe())
    embedder = cast(Embedder, Remembering(Services(load_settings(model="default")).embedder))
    for name in _MARKED:
        rows = list(marked(_HERE / name))
        for told, is_english in (("English", True), ("other languages", False)):
            asked = [each for language, each in rows if (language == "en") == is_english]
            report(f"{name}, {told}", asked, embedder)
    for language in _LANGUAGES if arguments.xquad else ():
        report(f"XQuAD, {language}", list(xquad(arguments.xquad, language)), embedder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
