"""An opinion by entailment follows the labels by name; what it does to a verdict is in `test_scorers`."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.grounding.entailment import EntailmentScorer
from rag.grounding.scorers import lexical_scorer
from tests.support.random_models import write_entailment_model

pytestmark = pytest.mark.model

LABELS = ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")
"""Neither spelt nor ordered as most publishers do."""


@pytest.mark.parametrize(("label", "entails"), [("ENTAILMENT", True), ("CONTRADICTION", False), ("NEUTRAL", None)])
def test_an_opinion_follows_the_names_of_the_labels_not_their_order(
    tmp_path: Path, label: str, entails: bool | None
) -> None:
    opinion = EntailmentScorer(write_entailment_model(tmp_path, label, *LABELS), lexical_scorer()).opinion("a", "b")
    assert (opinion if opinion is None else opinion > 0.5) is entails


def test_a_model_without_the_labels_of_entailment_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"labels yes, no, and must.*entailment_model"):
        EntailmentScorer(write_entailment_model(tmp_path, "yes", "yes", "no"), lexical_scorer())
