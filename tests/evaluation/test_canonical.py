"""An answer is right or wrong by its figure, its yes or no, its direction or its words; else it is left to people."""

import pytest

from evaluation.canonical import compare

MARGIN = "Yes, the margin improved from 10.1% to 12.4%."


@pytest.mark.parametrize(
    ("text", "gold", "verdict"),
    [
        ("It was $1.577 billion in 2018.", "$1577.00", "right"),
        ("It was $1,373 million in 2017.", "$1577.00", "wrong"),
        ("The sources do not state it.", "$1577.00", "refused"),
        ("Yes: it rose.", MARGIN, "right"),
        ("No, it fell to 12.4%.", MARGIN, "wrong"),
        ("The margin fell to 12.4%.", MARGIN, "wrong"),
        ("The margin was 12.4%.", MARGIN, "unjudged"),
        ("It dropped from 24.6 % to 21.6 %.", "The rate dropped from 24.6% in FY 2021 to 21.6% in FY 2022.", "right"),
        ("It rose from 21.6 % to 24.6 %.", "The rate dropped from 24.6% in FY 2021 to 21.6% in FY 2022.", "wrong"),
        ("EMEA, APAC, LACC and the United States", "United States, EMEA, APAC, and LACC", "right"),
    ],
)
def test_an_answer_is_compared_by_what_it_says(text: str, gold: str, verdict: str) -> None:
    assert compare("How much was it, in USD millions?", text, gold, abstained=False) == verdict


def test_a_withheld_or_empty_answer_is_a_refusal_whatever_it_says() -> None:
    assert compare("?", "24.26", "24.26", abstained=True) == "refused"
    assert compare("?", " ", "24.26", abstained=False) == "refused"
