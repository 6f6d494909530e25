"""Every Scorer: one score per span, what supports before what does not, and no trust in what is missing."""

import pytest

from rag.grounding.entailment import EntailmentScorer
from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.interfaces import Scorer
from rag.text.analyzer import english_analyzer
from tests.support.random_models import write_entailment_model

WORDS = LexicalScorer(english_analyzer().analyze)
SENTENCE = "The tower was finished in 1889."
SPANS = ["The tower was finished in 1889.", "The tower was finished in 1890.", "Cats sleep by day."]


@pytest.fixture(params=["words", pytest.param("neutral", marks=pytest.mark.model)])
def scorer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    if request.param == "words":
        return WORDS
    folder = tmp_path_factory.mktemp("entailment")
    return EntailmentScorer(write_entailment_model(folder, "neutral", "contradiction", "entailment", "neutral"), WORDS)


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


def test_an_opinion_is_a_probability_or_none(scorer: Scorer) -> None:
    opinion = scorer.opinion(SENTENCE, SPANS[0])
    assert opinion is None or 0 <= opinion <= 1
