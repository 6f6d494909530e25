"""A second opinion that overrides nothing judges as the scorer under it."""

from rag.grounding.lexical_scorer import LexicalScorer
from rag.grounding.second_opinion import SecondOpinion
from rag.text.analyzer import english_analyzer

SENTENCE = "The army has 5 weak generals."
TRUE, OTHER = "The army has 5 weak generals and a drum.", "The army has 7 strong generals."


def test_everything_is_the_lexical_judgement() -> None:
    words = LexicalScorer(english_analyzer().analyze)
    opinion = SecondOpinion(words)
    spans = [TRUE, OTHER]
    assert opinion.support(SENTENCE, spans) == words.support(SENTENCE, spans)
    assert opinion.support(SENTENCE, spans)[0] > opinion.support(SENTENCE, spans)[1]
    assert opinion.contradicts(SENTENCE, spans) == words.contradicts(SENTENCE, spans)
    assert opinion.missing(SENTENCE, OTHER) == words.missing(SENTENCE, OTHER) == ["5"]
    for text in spans:
        assert opinion.opinion(SENTENCE, text) is words.opinion(SENTENCE, text) is None
