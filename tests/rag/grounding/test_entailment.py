"""A second opinion by entailment moves the verdict, follows the labels by name, and outweighs no wrong number."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.grounding.citations import cite
from rag.grounding.entailment import EntailmentScorer
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from tests.conftest import passage
from tests.support.random_models import write_entailment_model

WORDS = LexicalScorer(english_analyzer().analyze)
SENTENCE = "The tower was finished in 1889."


@pytest.mark.model
@pytest.mark.parametrize(
    "labels", [("contradiction", "entailment", "neutral"), ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")]
)
def test_an_opinion_follows_the_names_of_the_labels_not_their_order(tmp_path: Path, labels: tuple[str, ...]) -> None:
    for label in labels:
        scorer = EntailmentScorer(write_entailment_model(tmp_path / label, label, *labels), WORDS)
        opinion = scorer.opinion("a", "b")
        if label.lower() == "neutral":
            assert opinion is None
        else:
            assert opinion is not None
            assert (opinion > 0.5) == (label.lower() == "entailment")


@pytest.mark.model
@pytest.mark.parametrize(
    ("label", "sentence", "support"),
    [
        ("contradiction", SENTENCE, "weak"),
        ("entailment", "The Ruhr tower needed rest and much patience.", "supported"),
        ("entailment", "The tower was finished in 1888.", "weak"),
        ("entailment", "Bananas are yellow.", "unsupported"),
    ],
)
def test_an_opinion_moves_the_verdict_but_not_past_a_wrong_number(
    tmp_path: Path, label: str, sentence: str, support: str
) -> None:
    scorer = EntailmentScorer(write_entailment_model(tmp_path, label, "contradiction", "entailment", "neutral"), WORDS)
    (judged,) = cite(sentence, "", [passage(f"{SENTENCE} Ruhr tower took patience.")], scorer)
    assert judged.support == support


@pytest.mark.model
def test_a_model_without_the_labels_of_entailment_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"labels yes, no, and must.*entailment_model"):
        EntailmentScorer(write_entailment_model(tmp_path, "yes", "yes", "no"), WORDS)
