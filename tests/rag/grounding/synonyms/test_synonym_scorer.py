"""A supported sentence is doubted where a word of it means something else than the one in its place."""

from collections.abc import Sequence

import numpy as np
import pytest

from rag.grounding.citations import cite
from rag.grounding.lexical_scorer import LexicalScorer
from rag.grounding.synonyms.synonym_head import SynonymHead
from rag.grounding.synonyms.synonym_scorer import SynonymScorer, with_synonyms
from rag.interfaces import Scorer, Vectors
from rag.text.analyzer import english_analyzer
from rag.types import Span
from tests.conftest import passage

ANALYZE = english_analyzer().analyze
WORDS = LexicalScorer(ANALYZE)
TEXT = "In 1757 the northern army had a mighty general and many ships."
DIRECTIONS = {"mighty": 0, "powerful": 0, "feeble": 1}


class WordMeanings:
    """Give each known word the direction of its meaning, and zeros to others, as if they were beyond the window."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed_words(self, text: str, spans: Sequence[Span]) -> Vectors:
        self.read += [text[span.start : span.end] for span in spans]
        vectors = np.zeros((len(spans), 2), dtype=np.float32)
        for row, span in enumerate(spans):
            if (word := text[span.start : span.end]) in DIRECTIONS:
                vectors[row, DIRECTIONS[word]] = 1.0
        return vectors


HEAD = SynonymHead(np.array([0.0, 0.0, 0.0, 0.0, -1.0], dtype=np.float32), 0.5)
"""Words differ where their directions do."""


def scorer(reader: object) -> Scorer:
    return SynonymScorer(WORDS, ANALYZE, lambda: reader, HEAD)


@pytest.mark.parametrize(
    ("word", "support"), [("mighty", "supported"), ("powerful", "supported"), ("feeble", "weak"), ("tall", "supported")]
)
def test_only_a_word_of_another_meaning_is_doubted(word: str, support: str) -> None:
    (judged,) = cite(TEXT.replace("mighty", word), "", [passage(TEXT)], scorer(WordMeanings()))
    assert judged.support == support
    assert judged.citations


def test_no_word_is_read_where_none_stands_in_anothers_place() -> None:
    reader = WordMeanings()
    cite(TEXT, "", [passage(TEXT)], scorer(reader))
    assert reader.read == []


def test_an_embedder_that_reads_no_words_leaves_the_lexical_opinion() -> None:
    assert scorer(object()).opinion(TEXT.replace("mighty", "feeble"), TEXT) is None


def test_only_an_embedder_with_a_head_of_its_own_gets_a_second_opinion() -> None:
    assert isinstance(with_synonyms(WORDS, ANALYZE, "minilm", WordMeanings), SynonymScorer)
    assert with_synonyms(WORDS, ANALYZE, "/home/me/minilm", WordMeanings) is WORDS
