"""A question is translated for the search where the documents are in another language."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pytest

from rag.retrieval.query_translation import search_wordings, target_language
from rag.runtime.progress import CancelEvent
from rag.types import Passage

GERMAN = "In welchem Jahr wurde die Brücke von Baden gebaut?"
ENGLISH = "In which year was the bridge of Baden built?"


class Documents:
    """A retriever whose documents are in these languages."""

    def __init__(self, languages: Mapping[str, int]) -> None:
        self._languages = languages

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        return []

    def with_words(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        return []

    def languages(self, within: AbstractSet[int] | None = None) -> Mapping[str, int]:
        return {} if within == {7} else self._languages


@pytest.mark.parametrize(
    ("question", "languages", "target"),
    [
        (GERMAN, {"en": 10}, "en"),
        (GERMAN, {"en": 10, "de": 11}, ""),
        (ENGLISH, {"en": 10}, ""),
        (ENGLISH, {"zh": 3, "": 50}, "zh"),
        (ENGLISH, {"sw": 50}, ""),
        ("Baden?", {"de": 10}, ""),
    ],
)
def test_the_target_is_the_language_of_most_documents(question: str, languages: dict[str, int], target: str) -> None:
    assert target_language(question, languages) == target


def test_a_question_is_searched_for_in_both_languages() -> None:
    def translator(question: str, language: str, cancelled: CancelEvent | None) -> str:
        return ENGLISH

    assert search_wordings(GERMAN, Documents({"en": 3}), translator, None, None) == [GERMAN, ENGLISH]
    assert search_wordings(GERMAN, Documents({"de": 3}), translator, None, None) == [GERMAN]
    assert search_wordings(GERMAN, Documents({"en": 3}), translator, {7}, None) == [GERMAN]
    assert search_wordings(GERMAN, Documents({"en": 3}), None, None, None) == [GERMAN]
