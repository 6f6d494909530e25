"""Every Scorer: one score per span, what supports before what does not, and no trust in what is missing."""

import pytest

from rag.grounding.lexical_scorer import SUPPORTED
from rag.grounding.scorers import ScorerByLanguage, SecondOpinion, lexical_scorer
from rag.interfaces import Scorer

SENTENCE = "The tower was finished in 1889."
SPANS = ["The tower was finished in 1889.", "The tower was finished in 1890.", "Cats sleep by day."]


@pytest.fixture(params=[lexical_scorer(), ScorerByLanguage(), SecondOpinion(lexical_scorer())], ids=type)
def scorer(request: pytest.FixtureRequest) -> Scorer:
    made: Scorer = request.param
    return made


def test_there_is_a_score_for_every_span_and_the_best_supports(scorer: Scorer) -> None:
    scores = scorer.support(SENTENCE, SPANS)
    assert all(0 <= score <= 1 for score in scores)
    assert scores[0] >= SUPPORTED > scores[1] > scores[2]
    assert scorer.support(SENTENCE, []) == []


def test_contradictions_and_missing_facts_are_reported(scorer: Scorer) -> None:
    assert scorer.contradicts(SENTENCE, SPANS[:2]) == [False, True]
    assert scorer.missing(SENTENCE, SPANS[1]) == ["1889"]


def test_a_heading_may_name_what_the_text_is_about_but_no_figure_of_it(scorer: Scorer) -> None:
    assert scorer.missing("Gustave painted it in 1889.", "He painted it.") == ["1889", "Gustave"]
    assert scorer.missing("Gustave painted it in 1889.", "He painted it.", "Gustave in 1889") == ["1889"]
