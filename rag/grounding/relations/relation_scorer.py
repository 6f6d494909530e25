"""A `Scorer` whose support needs the relation of the claim too: who did what, in which role, how surely (English)."""

from collections.abc import Sequence

from rag.grounding.lexical_scorer import MAX_FLAWED, SUPPORTED
from rag.grounding.relations.relation_check import RelationCheck
from rag.grounding.second_opinion import SecondOpinion
from rag.interfaces import Scorer


class RelationScorer(SecondOpinion):
    """A lexical `Scorer` that caps the support of spans which have the sentence's words, but not its relation."""

    def __init__(self, words: Scorer, check: RelationCheck) -> None:
        super().__init__(words)
        self._check = check

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span."""
        scores = self._words.support(sentence, spans, context)
        return [
            min(score, MAX_FLAWED) if score >= SUPPORTED and self._check.flaw(sentence, span, context) else score
            for score, span in zip(scores, spans, strict=True)
        ]
