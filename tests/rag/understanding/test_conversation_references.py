"""A follow-up that names an item of a list by its place, and one that has nothing to refer to."""

import pytest

from rag.types import Turn
from rag.understanding.conversation_references import referred_item, refers_to_nothing

LISTED = [Turn("List the trees.", "These are the trees:\n- Oak, brown\n- Birch, white\n- Fir")]


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("How tall is the first one?", "Oak, brown"),
        ("What about the second one?", "Birch, white"),
        ("Explain point 2.", "Birch, white"),
        ("What about the fourth one?", ""),
        ("Which is the first one in the list?", "Oak, brown"),
        ("What is flat number 2?", ""),
        ("Who was the first one to sign the lease?", ""),
        ("Which is the last item on the agenda of the meeting?", ""),
    ],
)
def test_an_item_is_named_by_its_place(question: str, item: str) -> None:
    assert referred_item(question, LISTED) == item


def test_only_the_last_answer_is_a_list_to_name_items_of() -> None:
    assert referred_item("What about the second one?", [*LISTED, Turn("Why?", "It is so.")]) == ""
    assert referred_item("What about the second one?", []) == ""


@pytest.mark.parametrize(
    "question", ["What about the second one?", "And when was it?", "Who are they?", "Where is his?", "And item 2?"]
)
def test_the_first_question_may_have_nothing_to_refer_to(question: str) -> None:
    assert refers_to_nothing(question, [])
    assert not refers_to_nothing(question, ["List the trees."])


@pytest.mark.parametrize(
    "question",
    ["What is this?", "What is this document about?", "Who founded it?", "Which one is taller?", "Why?", "When?", ""],
)
def test_other_first_questions_stand(question: str) -> None:
    assert not refers_to_nothing(question, [])
