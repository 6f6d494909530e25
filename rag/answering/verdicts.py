"""Judge an answer by its plan: whether it stands (pure)."""

from collections.abc import Sequence

from rag.grounding.abstention import Abstention, Verdict
from rag.types import Certainty, Passage, Plan, Sentence


def judge(
    abstention: Abstention,
    plan: Plan,
    question: str,
    passages: Sequence[Passage],
    sentences: Sequence[Sentence],
    certainty: Certainty | None,
    translated: str = "",
) -> Verdict:
    """Return the verdict on an answer's sentences, written from `passages` by `plan`.

    `translated` is the question in their language, if it was asked in another one.

    A document always says what it is about, so a summary stands by its support alone: neither words of the question
    that the text lacks ("summarise") nor the model's doubt count against it.
    """
    if plan.kind == "summary":
        return abstention.judge("", passages, sentences, None)
    return abstention.judge(question, passages, sentences, certainty, translated)
