"""A question takes something for granted."""

import pytest

from rag.grounding.premises.stated_premises import Premise, read_premise


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("As the term is two years, how many terms fit into ten?", Premise("the term is two years", is_stated=True)),
        ("Why did sales rise in 2019?", Premise("sales rise in 2019", is_stated=True)),
        ("Why didn't sales rise?", Premise("sales rise", is_stated=True, is_negated=True)),
        ("Against whom did she win her first medal?", Premise("she win her first medal", is_stated=False)),
        ("In which year was the bridge closed?", Premise("the bridge closed", is_stated=False)),
        ("As a member, who may vote?", None),
        ("List the duties of members.", None),
        ("", None),
    ],
)
def test_a_premise_is_read_from_the_form_of_the_question(question: str, premise: Premise | None) -> None:
    assert read_premise(question) == premise
