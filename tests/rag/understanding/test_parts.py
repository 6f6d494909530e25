"""Several questions in one, and the things that one compares."""

import pytest

from rag.understanding.parts import compared_things, split_questions, with_subject


def test_each_question_is_a_part_and_stands_alone_in_the_search() -> None:
    parts = split_questions("Who signs the lease, how long does it run, and what happens if it is not renewed?")
    assert [part.text for part in parts] == [
        "Who signs the lease",
        "how long does it run",
        "what happens if it is not renewed?",
    ]
    assert parts[1].query == "Who signs the lease how long does it run"


def test_a_later_question_that_names_all_it_asks_about_is_searched_for_by_itself() -> None:
    parts = split_questions("How long is the warranty? Which licenses are allowed?")
    assert [part.query for part in parts] == ["How long is the warranty?", "Which licenses are allowed?"]


def test_the_parts_of_a_follow_up_are_searched_for_with_its_subject() -> None:
    question = "Who founded it and when was it released?"
    parts = split_questions(question)
    with_it = with_subject(parts, question, f"What is Debian? {question}")
    assert [part.query for part in with_it] == [f"What is Debian? {part.query}" for part in parts]
    assert [part.text for part in with_it] == [part.text for part in parts], "they are asked as they are"
    for query in (question, "Who founded Debian and when was Debian released?"):
        assert with_subject(parts, question, query) == parts


def test_two_question_words_of_one_question_are_one_part() -> None:
    parts = split_questions("When and where does the board meet, and how do I get to speak?")
    assert [part.text for part in parts] == ["When and where does the board meet", "how do I get to speak?"]


@pytest.mark.parametrize(
    "question",
    [
        "Who founded Debian?",
        "What were net sales in 2018, 2017 and 2016?",
        "When the tank is full, what happens?",
        "Who said that what matters is trust?",
    ],
)
def test_one_question_is_not_taken_apart(question: str) -> None:
    assert split_questions(question) == ()


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("What is the difference between the stable and the testing release?", ["stable", "testing release"]),
        ("Compare the old lease with the new lease.", ["old lease", "new lease"]),
        ("How did the results in May differ from those in June?", ["results in May", "June"]),
        ("cats vs. dogs", ["cats", "dogs"]),
    ],
)
def test_what_is_compared_is_searched_for_by_itself(question: str, things: list[str]) -> None:
    parts = compared_things(question)
    assert [part.text for part in parts] == things
    assert all(part.query.startswith(part.text) for part in parts)
