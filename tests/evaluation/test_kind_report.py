"""Graded answers become figures by kind of question and over all."""

from dataclasses import replace

from evaluation.cases import Case
from evaluation.kind_report import ALL_KINDS, by_kind, verdicts_by_kind
from evaluation.metrics import Measures, measure
from tests.evaluation.test_metrics import answer

LIST = Case(id="list", question="?", kind="list", key_points=(("one",), ("two", "2")), wrong=("three",))
NOTHING = Case(id="nothing", question="?", kind="unanswerable", answerable=False)


def graded(case: Case, text: str, *, abstained: bool = False, support: str = "supported", total_s: float) -> Measures:
    return measure(case, answer(text, abstained=abstained, support=support, total_s=total_s), 0)


def test_answers_are_summarised_by_kind_in_the_order_of_the_questions_and_over_all() -> None:
    kinds = by_kind(
        [
            graded(LIST, "One and two.", total_s=1.0),
            graded(LIST, "One, three and more.", support="unsupported", total_s=2.0),
            graded(LIST, "One.", abstained=True, support="unsupported", total_s=9.0),
            graded(NOTHING, "Forty.", total_s=4.0),
            graded(NOTHING, "No.", abstained=True, total_s=4.0),
        ]
    )
    assert [kind.kind for kind in kinds] == ["list", "unanswerable", ALL_KINDS]
    of_lists, unanswerable, overall = kinds
    assert (of_lists.questions, of_lists.recall, of_lists.all_points, of_lists.half) == (3, 0.5, 1 / 3, 2 / 3)
    assert (of_lists.wrong, of_lists.answerable_refused, of_lists.unanswerable_refused) == (1 / 3, 1 / 3, None)
    assert (of_lists.words, of_lists.unsupported, of_lists.seconds) == (3.5, 0.5, 2.0)
    assert (unanswerable.recall, unanswerable.wrong, unanswerable.unanswerable_refused) == (None, 0.5, 0.5)
    assert (overall.questions, overall.recall, overall.wrong) == (5, 0.5, 0.4)


def test_verdicts_are_shares_of_the_cases_compared_by_kind_and_over_all() -> None:
    case = Case(id="figure", question="How much?", kind="metric", answers=("$5.00",), canonical=True)
    sentence = replace(case, kind="other", answers=("Customer deposits",))
    verdicts = verdicts_by_kind(
        [
            measure(case, answer("$5"), 0),
            measure(case, answer("$6"), 0),
            measure(case, answer("$5", abstained=True), 0),
            measure(sentence, answer("Debt"), 0),
            measure(replace(case, canonical=False), answer("$5"), 0),
        ]
    )
    assert [(each.kind, each.cases) for each in verdicts] == [("metric", 3), ("other", 1), (ALL_KINDS, 4)]
    assert (verdicts[0].right, verdicts[0].wrong, verdicts[0].refused) == (1 / 3, 1 / 3, 1 / 3)
    assert (verdicts[-1].right, verdicts[-1].unjudged) == (0.25, 0.25)
