"""Small talk is answered at once, without documents."""

from rag.answering.about_app import ABOUT, NOTHING_BEFORE, about_app, narrow_down, no_such_document
from rag.types import Turn
from rag.understanding.planner import plan


def test_it_says_what_to_ask_and_leaves_the_conversation_as_it_was() -> None:
    history = (Turn("Who?", "Nobody."),)
    answer = about_app("Hello!", plan("Hello!"), history, 0.1)
    assert answer.text == ABOUT
    assert not answer.abstained
    assert answer.turns == history
    assert answer.citations == ()


def test_a_question_with_nothing_to_refer_to_is_asked_back() -> None:
    question = "What about the second one?"
    assert about_app(question, plan(question), (), 0.1).text == NOTHING_BEFORE


def test_which_of_many_documents_to_summarise_is_asked_with_an_example() -> None:
    question = "Summarise everything."
    text = narrow_down(["b.txt", "a.txt"], question, plan(question), (), 0.1).text
    assert text.startswith("There are 2 documents here, too many for one summary.")
    assert "“Summarise a.txt”" in text


def test_a_file_that_is_not_there_is_said_with_the_name_most_like_it() -> None:
    question = "Summarise lease.pdf"
    text = no_such_document("lease.pdf", ["plans.md", "lease.txt"], question, plan(question), (), 0.1).text
    assert text.startswith("There is no document “lease.pdf” among those")
    assert text.endswith("Did you mean “lease.txt”?")
    text = no_such_document("lease.pdf", ["plans.md"], question, plan(question), (), 0.1).text
    assert text.endswith("none of them mentions it.")
