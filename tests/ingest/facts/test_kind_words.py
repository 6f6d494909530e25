"""The words of kinds name kinds that there are, and none of them matches an empty text."""

from ingest.facts.kind_words import CHINESE_TITLES, TEXTS, TITLES
from rag.text.facets import KINDS


def test_every_kind_with_words_is_a_kind_to_filter_by() -> None:
    assert {kind for kind, *_ in (*TITLES, *CHINESE_TITLES, *TEXTS)} <= KINDS.keys()


def test_no_pattern_matches_nothing() -> None:
    patterns = [*(pattern for _, pattern in (*TITLES, *CHINESE_TITLES)), *(pattern for _, _, pattern in TEXTS)]
    assert not any(pattern.search("") for pattern in patterns)
