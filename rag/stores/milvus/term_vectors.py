"""Texts and queries as sparse vectors whose product is the BM25 score, over our own analysis of each language.

Milvus's own BM25 knows one analysis for a collection and no weight for a word. So a text's vector has what its words
count, and a query's how much each is worth. A word is a place of 32 bits, by its hash: of a million words some hundred
share one, and then count as the same.
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from rag.stores.keyword_terms import Kind
from rag.text.analyzer import word_parts, words

_PLACES = 2**32 - 2
"""Milvus's places go from 0 to 2^32 - 2; 0 is kept for texts without words."""

_USUAL_LENGTH = 100.0
"""Words of a usual text, to which BM25 compares the length of each: a vector is not written anew when the mean of all
changes."""

_K1, _B = 1.2, 0.75
MOST_TERMS = 4_096
"""Words and parts of a text that are kept, the most frequent: an array of Milvus has no more room."""


class TermVector(NamedTuple):
    """A text's vector, and its places."""

    weights: dict[int, float]
    terms: list[int]


def place(kind: Kind, word: str) -> int:
    """Return the place of a word, or of a part of one."""
    digest = blake2b(f"{kind}:{word}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _PLACES + 1


def term_vector(text: str, language: str) -> TermVector:
    """Return the vector of a text in a language, "" for an unknown one."""
    weights = _weights("text", words(text, language)) | _weights("parts", word_parts(text, language))
    kept = dict(sorted(weights.items(), key=lambda item: -item[1])[:MOST_TERMS])
    return TermVector(kept or {0: 1.0}, list(kept))  # Milvus takes no empty vector


def _weights(kind: Kind, found: Iterable[str]) -> dict[int, float]:
    counted = Counter(place(kind, word) for word in found)
    allowance = _K1 * (1 - _B + _B * counted.total() / _USUAL_LENGTH)
    return {place_: times / (times + allowance) for place_, times in counted.items()}
