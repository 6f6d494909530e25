"""Make pairs of sentences that differ in one word: a synonym, an antonym, a word of the same kind, or any other."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from evaluation.datasets.labelled_set import EvaluationError, explain
from evaluation.datasets.wordnet import WordNet, inflected
from rag.text.sentences import sentence_spans
from rag.types import Span

_LENGTHS = range(40, 240)
_WORD = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’-])")
_SAME_START, _SAME_END = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A sentence with one word replaced; `differs` if it then says something else."""

    sentence: str
    span: Span
    changed: str
    changed_span: Span
    words: tuple[str, str]
    differs: bool


def read_texts(files: Sequence[Path]) -> list[str]:
    """Return the paragraphs of text files.

    Raises:
        EvaluationError: a file cannot be read.
    """
    texts: list[str] = []
    for file in files:
        try:
            texts += [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise EvaluationError(f"{file} cannot be read: {explain(error)}. Give plain text in UTF-8.") from error
    return texts


class PairMaker:
    """Make pairs of sentences. `analyze` stems words; `left_out` are pairs of words that it must not use."""

    def __init__(
        self, wordnet: WordNet, analyze: Callable[[str], list[str]], left_out: AbstractSet[tuple[str, str]]
    ) -> None:
        self._wordnet = wordnet
        self._analyze = analyze
        self._left_out = {self._stems(*pair) for pair in left_out}

    def pairs(self, texts: Sequence[str], limit: int, seed: int) -> list[Pair]:
        """Return `limit` pairs, or as many as there are: up to one of each kind from a sentence."""
        random = Random(seed)  # noqa: S311  a fair order, not a secret
        sentences = [text[s.start : s.end] for text in texts for s in sentence_spans(text)]
        usable = sorted({s for s in sentences if len(s) in _LENGTHS and "\n" not in s and s[0].isupper()})
        random.shuffle(usable)
        by_ending: dict[str, list[str]] = defaultdict(list)
        for word in (match[0] for sentence in usable for match in _WORD.finditer(sentence)):
            by_ending[word[-_SAME_END:]].append(word)
        made: list[Pair] = []
        for sentence in usable:
            if len(made) >= limit:
                break
            made += self._of_sentence(sentence, by_ending, random)
        return made[:limit]

    def _of_sentence(self, sentence: str, by_ending: dict[str, list[str]], random: Random) -> Iterator[Pair]:
        matches = [match for match in _WORD.finditer(sentence) if self._analyze(match[0])]
        random.shuffle(matches)
        net = self._wordnet

        def any_other(word: str) -> frozenset[str]:
            return frozenset([random.choice(by_ending[word[-_SAME_END:]])])

        kinds: list[tuple[Callable[[str], frozenset[str]], bool]] = [
            (partial(inflected, net.synonyms), False),
            (partial(inflected, net.antonyms), True),
            (random.choice((partial(inflected, net.siblings), any_other)), True),
        ]
        for others, differs in kinds:
            for match in matches:
                if found := self._usable(match[0], others(match[0]), differs=differs):
                    yield _pair(sentence, match, random.choice(found), differs=differs)
                    break

    def _usable(self, word: str, others: AbstractSet[str], *, differs: bool) -> list[str]:
        same = inflected(self._wordnet.synonyms, word) if differs else frozenset()
        return [
            other
            for other in sorted(others - same)
            if (other[:_SAME_START] != word[:_SAME_START] or not differs)
            and self._stems(word, other) not in self._left_out
            and self._analyze(other) != self._analyze(word)
        ]

    def _stems(self, *words: str) -> frozenset[str]:
        return frozenset(stem for word in words for stem in self._analyze(word))


def _pair(sentence: str, match: re.Match[str], other: str, *, differs: bool) -> Pair:
    start, end = match.span()
    return Pair(
        sentence=sentence,
        span=Span(start, end),
        changed=f"{sentence[:start]}{other}{sentence[end:]}",
        changed_span=Span(start, start + len(other)),
        words=(match[0], other),
        differs=differs,
    )
