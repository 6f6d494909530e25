"""Support that needs the relation, in English; by words elsewhere."""

from rag.grounding.citations import cite
from rag.grounding.lexical_scorer import SUPPORTED
from rag.grounding.scorer_by_language import ScorerByLanguage, lexical_scorer
from tests.conftest import passages

SCORER = ScorerByLanguage(lexical_scorer)


def test_another_passage_that_states_it_is_cited_instead() -> None:
    shown = passages(
        ["Director Ada Byron believed that The Harbour was dark.", "The Harbour was directed by Ada Byron."]
    )
    (sentence,) = cite("Ada Byron directed The Harbour.", "Who directed The Harbour?", shown, SCORER)
    assert sentence.support == "supported"
    assert [citation.number for citation in sentence.citations] == [2]


def test_other_languages_are_judged_by_their_words() -> None:
    (score,) = SCORER.support(
        "Der Hafen wurde von Ada Byron gedreht.", ["Viele glauben, der Hafen wurde von Ada Byron gedreht."]
    )
    assert score >= SUPPORTED
