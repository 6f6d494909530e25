"""Support by words: what a changed figure, name, unit or negation does to it."""

import pytest

from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.text.analyzer import english_analyzer

SCORER = LexicalScorer(english_analyzer().analyze)
SOURCE = "Rollo, a Norse leader, agreed to pay 5,000 marks to King Charles III in January 911 for 10 km of coast."


def support(sentence: str, span: str = SOURCE) -> float:
    (score,) = SCORER.support(sentence, [span])
    return score


@pytest.mark.parametrize(
    "true",
    [
        "Rollo agreed to pay 5000 marks to King Charles III.",
        "The Norse leader was Rollo.",
        "In Jan. 911 Rollo agreed to pay five thousand marks.",
        "Rollo agreed to pay for ten kilometres of coast.",
    ],
)
def test_what_the_source_says_in_other_spellings_is_supported(true: str) -> None:
    assert support(true) >= SUPPORTED


def test_initials_may_be_written_with_points_or_without() -> None:
    said = "In May the U. S. president J.R. Smith visited the U.K. for a week."
    assert support(said, "In May the US president J. R. Smith visited the UK for a week.") >= SUPPORTED
    assert SCORER.missing(said, "In May the UN president JR Smith visited the UK for a week.") == ["US"]


@pytest.mark.parametrize(
    "false",
    [
        "Rollo agreed to pay 6,000 marks to King Charles III.",
        "Harald agreed to pay 5,000 marks to King Charles III.",
        "Rollo agreed to pay 5,000 marks to King Louis III.",
        "Rollo agreed to pay 5 million marks to King Charles III.",
        "In March 911 Rollo agreed to pay 5,000 marks.",
        "Rollo agreed to pay for 10 miles of coast.",
        "Rollo did not agree to pay 5,000 marks to King Charles III.",
    ],
)
def test_a_changed_number_name_unit_month_or_negation_is_not_supported(false: str) -> None:
    assert support(false) < SUPPORTED


def test_a_negation_about_something_else_does_no_harm() -> None:
    source = "The treaty was signed in 911. It did not mention taxes."
    assert support("The treaty was signed in 911.", source) >= SUPPORTED


def test_what_is_missing_is_named_as_the_sentence_spells_it() -> None:
    assert SCORER.missing("The release is Rollo 7.4, which came later.", "Rollo came later.") == ["7.4"]
    assert SCORER.missing("Harald paid 7,000 marks to Charles.", SOURCE) == ["7,000", "Harald"]


FLEETS = "Nelson's fleet defeated Villeneuve's fleet in 1805 with 27 ships of the line. In 1798 it won at Aboukir."


@pytest.mark.parametrize(
    ("false", "span"),
    [
        ("Villeneuve defeated Nelson in 1805.", "Nelson defeated Villeneuve in 1805."),
        ("Nelson's fleet won in 1798 with 27 ships of the line.", FLEETS),
        ("Nelson's fleet defeated Villeneuve's fleet in 1798 with 27 ships of the line.", FLEETS),
        ("Fees are lower for members.", "Fees are higher for members."),
        ("The Latin are a people of the north.", "The Normans (Latin: Normanni) are a people of the north."),
        ("It grew in the 1980s.", "It grew in the 1990s."),
        ("It has 1 engine.", "It has engines and 4 wheels."),
        ("It has three wheels.", "It has a hundred wheels."),
        ("The tax was on imports of non-Spanish colonies.", "The tax was on imports of non-British colonies."),
    ],
)
def test_another_value_in_the_same_place_is_not_supported(false: str, span: str) -> None:
    assert support(false, span) < SUPPORTED


@pytest.mark.parametrize(
    ("true", "span"),
    [
        ("Nelson's fleet defeated that of Villeneuve in 1805.", FLEETS),
        ("The Court of Appeals of Manila reviews orders.", "The Court of Appeals (CA) of Manila reviews orders."),
        ("It took place in British Florida.", "It took place in British Spanish Florida."),
        ("The tower of the church wasn't finished.", "The church's tower was never finished."),
        ("He did not reach the pole.", "He failed to reach the pole."),
        ("It has 100 wheels.", "It has a hundred wheels."),
        ("More members pay higher fees than before.", "More members than before pay higher fees, few lower ones."),
    ],
)
def test_the_same_in_another_order_is_supported(true: str, span: str) -> None:
    assert support(true, span) >= SUPPORTED


def test_a_name_may_stand_in_what_the_span_is_under_but_a_number_may_not() -> None:
    span = "It opened in 1889."
    assert SCORER.support("The Eiffel Tower opened in 1889.", [span])[0] < SUPPORTED
    assert SCORER.support("The Eiffel Tower opened in 1889.", [span], "Eiffel Tower, 1887")[0] >= SUPPORTED
    assert SCORER.support("The Eiffel Tower.", [span], "Eiffel Tower, 1887")[0] < SUPPORTED
    assert SCORER.support("It opened in 1889 or 1887.", [span], "Eiffel Tower, 1887")[0] < SUPPORTED


RANGE = "The bath takes 20–30 minutes and contains 15–20 % acid; stir it for 5 minutes."


@pytest.mark.parametrize(
    "false", ["The bath contains 15% acid.", "The bath contains 20% acid.", "The bath takes 20 min."]
)
def test_one_end_of_a_measured_range_is_not_the_figure(false: str) -> None:
    assert support(false, RANGE) < SUPPORTED


@pytest.mark.parametrize(
    "true", ["The bath contains 15 to 20% acid.", "The bath takes 20-30 minutes.", "Stir it for 5 minutes."]
)
def test_a_whole_range_and_a_figure_beside_it_are_supported(true: str) -> None:
    assert support(true, RANGE) >= SUPPORTED


def test_a_time_of_opening_is_said_by_one_end_alone() -> None:
    assert support("The shop opens at 9:30.", "Opening hours: 9:30–18:00. The shop opens on Mondays.") >= SUPPORTED
