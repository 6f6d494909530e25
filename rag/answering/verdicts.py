"""Judge an answer by its plan: whether it stands."""

from collections.abc import Sequence

from rag.grounding.abstention import FOREIGN_QUESTION, Abstention, Verdict
from rag.types import Certainty, Passage, Plan, Sentence
from rag.understanding.listed_things import listed_things
from rag.understanding.summary_subjects import is_about_everything

LONG_ANSWER = 0.6
"""Added to the probe's log-odds where a longer answer is asked for: each of its sentences is checked by itself, so that
a refusal costs more than it saves. How to weigh the two was chosen, not fitted: the probe reads the same under all
forms. Not for lists: a source has nearly any item that is short enough, whether or not it is what was asked for."""

UNKNOWN_THING = -2.4
"""Added likewise where no passage has a word of what is to be listed: then the probe must be sure."""


def abstention_for(
    abstention: Abstention,
    plan: Plan,
    question: str,
    passages: Sequence[Passage],
    strictness: float | None,
    *,
    is_foreign: bool,
) -> Abstention:
    """Return the judge of answers to a question; `is_foreign` if it is in another language than the passages."""
    allowance = FOREIGN_QUESTION * is_foreign
    if plan.kind == "list":
        things = () if is_foreign else listed_things(question)
        if things and all(abstention.missing(thing, passages) for thing in things):
            allowance += UNKNOWN_THING
    elif plan.is_long:
        allowance += LONG_ANSWER
    return abstention.at(strictness, allowance=allowance)


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
    that the text lacks ("summarise") nor the model's doubt count against it. One of everything stands as soon as a
    sentence has support: each bears its own mark, and "I could not find this" would be no answer.
    """
    if plan.kind == "summary":
        if is_about_everything(question, plan.language):
            abstention = abstention.at(0.0)
        return abstention.judge("", passages, sentences, None)
    return abstention.judge(question, passages, sentences, certainty, translated)
