"""Passages that look as if they answered: those that share the most telling words with a question (BM25)."""

from collections.abc import Collection, Sequence

from evaluation.datasets.cases import GivenPassage
from evaluation.datasets.shuffle import shuffled
from rag.stores.keyword_index import TantivyIndex


class Nearest:
    """Finds the nearest of some texts, by their positions."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = TantivyIndex()
        self._index.add(range(len(texts)), texts)

    def to(self, query: str, count: int, among: Collection[int]) -> list[int]:
        """The `count` nearest of `among`, best first, ties by position; those without a common word come last."""
        scores = dict(self._index.search(query, len(among), frozenset(among)))
        return sorted(among, key=lambda position: (-scores.get(position, 0.0), position))[:count]


def arranged(
    gold: Sequence[GivenPassage], others: Sequence[GivenPassage], seed: int, case: str
) -> tuple[tuple[GivenPassage, ...], tuple[int, ...]]:
    """Gold and other passages in an order that seed and case decide, and the positions of the gold ones."""
    marked = [*((passage, True) for passage in gold), *((passage, False) for passage in others)]
    mixed = shuffled(marked, seed, lambda item: f"{case} {item[0].title} {item[0].text}")
    return tuple(p for p, _ in mixed), tuple(position for position, (_, is_gold) in enumerate(mixed) if is_gold)
