"""The best texts by BM25 over postings, whether all of them are read or not."""

from collections.abc import Sequence

import numpy as np
import pytest

from rag.stores.postgres import postings
from rag.stores.postgres.postings import Ids, Postings, Scores, Term, Word, best, posting_type

MEANS = (4.0, 1.0)


class Texts:
    """Made-up texts, of which each has a word or not; it counts the words that were read."""

    def __init__(self, count: int, words: int) -> None:
        generator = np.random.default_rng(3)
        share = np.linspace(0.01, 0.9, words)
        self.times = generator.poisson(share, size=(count, words)).astype(np.uint8)
        self.lengths = generator.integers(1, 9, count)
        self.read_words: list[str] = []

    def terms(self) -> list[Term]:
        counts = (self.times > 0).sum(axis=0)
        return [
            Term(int(n), str(word), float(np.log(len(self.times) / n) + 0.01), False) for word, n in enumerate(counts)
        ]

    def read(self, words: Sequence[Word]) -> list[tuple[Ids, Postings]]:
        self.read_words += [word for _, word in words]
        return [self._of(int(word)) for _, word in words]

    def _of(self, word: int) -> tuple[Ids, Postings]:
        ids = np.flatnonzero(self.times[:, word])
        found = np.zeros(len(ids), dtype=posting_type)
        found["length"], found["times"] = self.lengths[ids], self.times[ids, word]
        return ids.astype(np.int64), found

    def scores(self) -> Scores:
        weights = np.array([term.weight for term in self.terms()])
        times = self.times.astype(float)
        norm = 1.2 * (0.25 + 0.75 * self.lengths / MEANS[0])
        scores: Scores = (weights * times / (times + norm[:, None])).sum(axis=1)
        return scores


def test_scores_are_the_sums_of_what_the_words_give() -> None:
    texts = Texts(500, 6)
    found = best(texts.terms(), texts.read, MEANS, 500, None)
    assert found.left == 0
    assert found.scores == pytest.approx(texts.scores()[found.ids])
    assert set(found.ids.tolist()) == set(np.flatnonzero(texts.times.sum(axis=1)).tolist())


def test_frequent_words_are_not_read_and_none_of_the_best_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_READ_AT_ONCE", 1)
    texts = Texts(20_000, 40)
    found = best(texts.terms(), texts.read, MEANS, 10, None)
    assert found.left > 0
    assert len(texts.read_words) == 40 - found.left
    assert len(found.ids) <= postings._FEW
    expected = np.argsort(-texts.scores())[:10]
    assert set(expected.tolist()) <= set(found.ids.tolist())
