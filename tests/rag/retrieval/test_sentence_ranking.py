"""Sentences are ranked by how near they are to the question in meaning, and by the words they share with it."""

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.interfaces import Vectors
from rag.retrieval.sentence_ranking import ranked_sentences
from rag.text.sentences import sentence_spans
from rag.types import Passage
from tests.support.fakes import WordEmbedder
from tests.support.values import chunk


class Unknowing(WordEmbedder):
    """An embedder to which all texts of a language that it does not know are alike."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 2), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return np.ones(2, dtype=np.float32)


def passages(*texts: str) -> list[Passage]:
    return [Passage(chunk(text, id=number), 0.5) for number, text in enumerate(texts)]


def nearest(found: Sequence[Passage], *wordings: str, embedder: WordEmbedder) -> str:
    first = ranked_sentences(found, wordings, embedder)[0]
    return found[first.passage].chunk.text[first.span.start : first.span.end]


GERMAN = passages(
    "Die Bibliothek liegt am Fluss. Die Ausleihe von Wörterbüchern ist nicht möglich. Montags ist geschlossen.",
    "Der Bus fährt alle zehn Minuten. Fahrräder kosten einen Euro mehr.",
)


def test_where_the_embedder_does_not_know_the_language_shared_words_decide_in_whatever_form() -> None:
    assert nearest(GERMAN, "Kann ich ein Wörterbuch ausleihen?", embedder=Unknowing()).startswith("Die Ausleihe von")
    assert nearest(GERMAN, "Kostet ein Fahrrad mehr?", embedder=Unknowing()).startswith("Fahrräder")


def test_the_nearest_of_several_wordings_counts() -> None:
    found = passages("Dogs bark at night. The cat sleeps by day.")
    assert nearest(found, "Wann bellen sie?", "When do dogs bark?", embedder=WordEmbedder()) == "Dogs bark at night."


def test_a_word_that_many_sentences_have_says_less_than_a_rare_one() -> None:
    found = passages("The shop sells bread. The shop sells tea. The shop is shut on Mondays. The shop has a door.")
    assert nearest(found, "Is the shop open on Mondays?", embedder=Unknowing()) == "The shop is shut on Mondays."


def test_passages_without_a_sentence_have_none() -> None:
    assert ranked_sentences(passages(" "), ["Why?"], WordEmbedder()) == []


@given(st.lists(st.text("ab .\n", max_size=40), max_size=4), st.text("ab ?", max_size=20))
def test_each_sentence_is_ranked_once(written: list[str], question: str) -> None:
    found = passages(*written)
    ranked = ranked_sentences(found, [question], WordEmbedder())
    there = [(at, *placed) for at, text in enumerate(written) for placed in enumerate(sentence_spans(text))]
    assert sorted(ranked, key=attrgetter("passage", "number")) == there
