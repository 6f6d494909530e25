"""The statement that denies what a question takes for granted; none where nothing does so outright."""

import pytest

from rag.grounding.premises.denials import find_denial
from rag.grounding.premises.stated_premises import read_premise
from tests.conftest import passages


def denial(question: str, *texts: str) -> str:
    premise = read_premise(question)
    assert premise
    found = find_denial(premise, passages(list(texts)))
    return found.text if found else ""


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("As the treasurer serves for two years, when is the next vote?", "The treasurer serves for one year."),
        ("Why did the sales of the shop grow in 2019?", "In 2019 the sales of the shop fell by 4.1 percent."),
        ("Why did profits fall?", "The profits of the year increased."),
        ("Why did revenue grow in 2020?", "In 2020 revenue fell sharply, by 4 percent."),
        ("Why did revenue grow in March?", "Revenue fell in March 2020 by 4 percent."),
        ("When did Ada Quill score her first goal for Peru?", "Yet Ada Quill never scored a goal for Peru."),
    ],
)
def test_another_amount_the_opposite_direction_or_a_negation_denies(question: str, statement: str) -> None:
    assert denial(question, f"Cats sleep by day. {statement}") == statement


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("As the treasurer serves for two years, when is the next vote?", "The shop is closed for one year."),
        ("As the treasurer serves for two years, when is the next vote?", "The treasurer serves for two years."),
        ("Why did the sales of the shop grow in 2019?", "In 2018 the sales of the shop fell."),
        ("Why did the sales of the shop grow in 2019?", "In 2019 the costs of the shop fell."),
        ("Why did the sales of the shop grow in 2019?", "The sales of the shop fell from 2019."),
        ("Why did the sales not grow?", "The sales fell."),
        ("Why did revenue grow in 2020?", "Revenue in the retail segment fell in 2020 because of store closures."),
        ("Why did revenue grow in 2020?", "Retail revenue fell in 2020 because the shops had to close."),
        ("Why did revenue grow in 2020?", "In 2020 revenue fell in Europe after the shops closed."),
        ("Why did sales grow in 2020?", "The sales tax fell in 2020 by a tenth of its rate."),
        (
            "When did Marie Curie receive the Nobel Prize?",
            "Marie Curie did not receive the Nobel Prize alone in 1903; she shared it with Pierre Curie.",
        ),
        ("When did Ada Quill visit Peru?", "Ada Quill did not visit Peru for the first time in 1950."),
        ("When was the bridge of Ada Quill completed?", "The bridge of Ada Quill was not completed until 1769."),
        ("Who may vote?", "Guests may not vote."),
    ],
)
def test_what_says_something_else_denies_nothing(question: str, statement: str) -> None:
    assert denial(question, statement) == ""


def test_nothing_is_denied_where_as_many_statements_affirm_it() -> None:
    texts = ["In 2019 the sales of the shop fell.", "The sales of the shop rose in 2019."]
    assert denial("Why did the sales of the shop grow in 2019?", *texts) == ""


def test_of_several_denials_the_one_with_a_figure_is_told() -> None:
    texts = ["In 2019 the sales of the shop fell.", "In 2019 the sales of the shop fell 9 percent."]
    assert denial("Why did the sales of the shop grow in 2019?", *texts) == texts[1]
