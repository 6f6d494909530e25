"""Compare the words that were recognised with those that are printed (pure)."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby


@dataclass(frozen=True, slots=True)
class WordScore:
    """Words printed, words recognised, and how many are the same: in any order, and in the printed order."""

    printed: int
    recognised: int
    right: int
    in_order: int

    def __add__(self, other: "WordScore") -> "WordScore":
        return WordScore(
            self.printed + other.printed,
            self.recognised + other.recognised,
            self.right + other.right,
            self.in_order + other.in_order,
        )

    @property
    def recall(self) -> float:
        """The share of the printed words that were recognised."""
        return self.right / self.printed if self.printed else 0.0

    @property
    def precision(self) -> float:
        """The share of the recognised words that are printed."""
        return self.right / self.recognised if self.recognised else 0.0

    @property
    def ordered_recall(self) -> float:
        """The share of the printed words that were recognised in their order."""
        return self.in_order / self.printed if self.printed else 0.0


NO_WORDS = WordScore(0, 0, 0, 0)


def words(text: str) -> list[str]:
    """Return runs of letters and digits as they are written (case counts); a Chinese or Japanese sign is a word."""
    found: list[str] = []
    folded = unicodedata.normalize("NFKC", text)
    for kind, group in groupby(folded, key=_kind):
        if kind == "word":
            found.append("".join(group))
        elif kind == "sign":
            found += group
    return found


def compare(printed: str, recognised: str) -> WordScore:
    """Return how the words of a recognised page compare with those printed on it."""
    truth, found = words(printed), words(recognised)
    right = (Counter(truth) & Counter(found)).total()
    matcher = SequenceMatcher(None, truth, found, autojunk=False)
    in_order = sum(block.size for block in matcher.get_matching_blocks())
    return WordScore(len(truth), len(found), right, in_order)


def _kind(character: str) -> str:
    if not character.isalnum():
        return ""
    return "sign" if "\u3040" <= character <= "\u9fff" else "word"
