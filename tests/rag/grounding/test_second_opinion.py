"""The model's opinion decides where it is sure; elsewhere, and for what is too long to judge, the words do."""

from collections.abc import Sequence

import pytest

from rag.grounding.citations import cite
from rag.grounding.scorer_by_language import ScorerByLanguage
from rag.grounding.second_opinion import ModelJudge
from rag.interfaces import ClaimJudge
from rag.types import ClaimVerdict
from tests.conftest import passage

QUOTE = "Tenants may keep one cat."


class Judge:
    """Says that a claim is supported with a probability."""

    can_judge = True

    def __init__(self, supported: float) -> None:
        self.asked: list[tuple[str, str]] = []
        self._verdict = ClaimVerdict(supported, (1 - supported) / 2, (1 - supported) / 2)

    def judge_claims(self, pairs: Sequence[tuple[str, str]]) -> list[ClaimVerdict]:
        self.asked += pairs
        return [self._verdict] * len(pairs)


def judged(judge: ClaimJudge) -> ModelJudge:
    return ModelJudge(ScorerByLanguage(), lambda: judge)


def test_a_model_that_cannot_judge_leaves_it_to_the_words() -> None:
    judge = Judge(0.9)
    judge.can_judge = False
    assert judged(judge).opinion("A tenant can have a cat.", QUOTE) is None


def test_what_is_copied_is_left_to_the_words() -> None:
    judge = Judge(0.0)
    for claim in ("Tenants may keep one cat.", "tenants may keep", "One cat"):
        assert judged(judge).opinion(claim, QUOTE) is None
    assert judge.asked == []
    assert judged(judge).opinion("Tenants may keep one", "Tenants may keep one-eyed cats.") is None
    assert judged(judge).opinion("Tenants may keep on", QUOTE) == 0.0


@pytest.mark.parametrize(
    ("claim", "opinion", "support"),
    [
        ("Tenants may also keep one cat.", 0.95, "supported"),
        ("Tenants may also keep one cat.", 0.3, "supported"),
        ("Tenants may also keep one cat.", 0.02, "weak"),
        ("One cat is what tenants have a right to.", 0.95, "supported"),
        ("One cat is what tenants have a right to.", 0.3, "weak"),
    ],
)
def test_it_outweighs_words_where_it_is_sure(claim: str, opinion: float, support: str) -> None:
    (sentence,) = cite(claim, "?", [passage(QUOTE)], judged(Judge(opinion)))
    assert (sentence.support, sentence.meaning) == (support, opinion)


@pytest.mark.parametrize(
    ("claim", "support"),
    [
        ("Tenants may keep two cats.", "weak"),
        ("Tenants may not keep a cat.", "weak"),
        ("Bananas are yellow.", "unsupported"),
    ],
)
def test_it_is_not_asked_of_a_wrong_figure_or_negation_nor_of_what_no_quote_is_near(claim: str, support: str) -> None:
    judge = Judge(0.95)
    (sentence,) = cite(claim, "?", [passage(QUOTE)], judged(judge))
    assert (sentence.support, sentence.meaning, judge.asked) == (support, None, [])
