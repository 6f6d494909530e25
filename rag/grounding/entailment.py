"""A second opinion on support, from a cross-encoder trained on natural language inference (NLI)."""

from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.grounding.scorers import SecondOpinion, in_context
from rag.interfaces import Scorer
from rag.models.model_folder import require_entailment
from rag.models.model_source import ModelSource, shown
from rag.models.reranker import load_cross_encoder
from rag.runtime.compute_thread import computing

_LABELS = ("contradiction", "entailment", "neutral")


class EntailmentScorer(SecondOpinion):
    """A lexical `Scorer` whose second opinion comes from a sentence-transformers cross-encoder with NLI labels.

    Raises:
        ModelError: the folder has no such model.
    """

    @computing
    def __init__(self, folder: Path, words: Scorer) -> None:
        super().__init__(words)
        require_entailment(ModelSource(folder, str(folder)))
        self._model = load_cross_encoder(folder, "entailment model", "Change the setting entailment_model.")
        self._labels = _labels(self._model.config.id2label, folder)

    @computing
    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the probability that the text entails the sentence; None if the model thinks that it says neither."""
        probabilities = self._model.predict(
            [(in_context(text, context), sentence)], apply_softmax=True, show_progress_bar=False
        )[0]
        is_neutral = self._labels[int(probabilities.argmax())] == "neutral"
        return None if is_neutral else float(probabilities[self._labels.index("entailment")])


def _labels(names: dict[Any, str], folder: Path) -> list[str]:
    """Return the label of each output: publishers order and spell the three labels differently."""
    named = [name.lower() for _, name in sorted((int(index), name) for index, name in names.items())]
    found = [next((label for label in _LABELS if label in name), "") for name in named]
    if sorted(found) != sorted(_LABELS):
        raise ModelError(
            f"The model in {folder} judges no entailment: it names the labels {shown(', '.join(names.values()))}, and "
            f"must name {', '.join(_LABELS)}. Change the setting entailment_model."
        )
    return found
