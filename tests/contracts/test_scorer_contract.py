"""Every Scorer: one score per span, what supports before what does not, and no trust in what is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.grounding.citations import cite
from rag.grounding.entailment import EntailmentScorer
from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.interfaces import Scorer
from rag.models.resolve import resolve_model
from rag.text.analyzer import english_analyzer
from tests.conftest import MODELS, passage

WORDS = LexicalScorer(english_analyzer().analyze)
SENTENCE = "The tower was finished in 1889."
SPANS = ["The tower was finished in 1889.", "The tower was finished in 1890.", "Cats sleep by day."]

Made = Callable[..., Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Real cross-encoders, small and untrained, that always prefer one label: none can be had without a hub."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    def make(preferred: str, *labels: str) -> Path:
        folder = tmp_path_factory.mktemp("entailment")
        torch.manual_seed(0)
        names = dict(enumerate(labels))
        config = BertConfig(
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            id2label=names,
            label2id={label: index for index, label in names.items()},
        )
        model = BertForSequenceClassification(config)
        with torch.no_grad():
            model.classifier.bias[labels.index(preferred)] = 9.0
        model.save_pretrained(folder)
        AutoTokenizer.from_pretrained(resolve_model("minilm", "embedder", MODELS)).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(params=["words", pytest.param("neutral", marks=pytest.mark.model)])
def scorer(request: pytest.FixtureRequest) -> Scorer:
    if request.param == "words":
        return WORDS
    make: Made = request.getfixturevalue("made")
    return EntailmentScorer(make("neutral", "contradiction", "entailment", "neutral"), WORDS)


def test_there_is_a_score_for_every_span_and_the_best_supports(scorer: Scorer) -> None:
    scores = scorer.support(SENTENCE, SPANS)
    assert all(0 <= score <= 1 for score in scores)
    assert scores[0] >= SUPPORTED > scores[1] > scores[2]
    assert scorer.support(SENTENCE, []) == []


def test_what_says_otherwise_and_what_is_missing_is_told(scorer: Scorer) -> None:
    assert scorer.contradicts(SENTENCE, SPANS[:2]) == [False, True]
    assert scorer.missing(SENTENCE, SPANS[1]) == ["1889"]


def test_nobody_both_confirms_and_refutes(scorer: Scorer) -> None:
    assert not (scorer.confirms(SENTENCE, SPANS[0]) and scorer.refutes(SENTENCE, SPANS[0]))


@pytest.mark.model
@pytest.mark.parametrize(
    "labels", [("contradiction", "entailment", "neutral"), ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")]
)
def test_an_opinion_follows_the_names_of_the_labels_not_their_order(made: Made, labels: tuple[str, ...]) -> None:
    for label in labels:
        scorer = EntailmentScorer(made(label, *labels), WORDS)
        assert scorer.confirms("a", "b") == (label.lower() == "entailment")
        assert scorer.refutes("a", "b") == (label.lower() == "contradiction")


@pytest.mark.model
@pytest.mark.parametrize(
    ("label", "sentence", "support"),
    [
        ("entailment", SENTENCE, "supported"),
        ("neutral", SENTENCE, "supported"),
        ("contradiction", SENTENCE, "weak"),
        ("entailment", "The Ruhr tower needed rest and much patience.", "supported"),
        ("neutral", "The Ruhr tower needed rest and much patience.", "weak"),
        ("entailment", "The tower was finished in 1888.", "weak"),
        ("entailment", "The tower was not finished in 1889.", "weak"),
        ("entailment", "Bananas are yellow.", "unsupported"),
    ],
)
def test_an_opinion_moves_the_verdict_but_not_past_a_wrong_number(
    made: Made, label: str, sentence: str, support: str
) -> None:
    scorer = EntailmentScorer(made(label, "contradiction", "entailment", "neutral"), WORDS)
    (judged,) = cite(sentence, "", [passage(f"{SENTENCE} Ruhr tower took patience.")], scorer)
    assert judged.support == support


@pytest.mark.model
def test_a_model_without_the_labels_of_entailment_is_refused_by_name(made: Made) -> None:
    with pytest.raises(ModelError, match=r"labels yes, no, and must.*entailment_model"):
        EntailmentScorer(made("yes", "yes", "no"), WORDS)


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        EntailmentScorer(tmp_path, WORDS)
