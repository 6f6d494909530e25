"""Words are analysed for matching: stems without stop words, and the content words of a question."""

from rag.text.analyzer import content_words, english_analyzer


def test_words_match_in_any_form_case_and_accent() -> None:
    analyze = english_analyzer().analyze
    assert analyze("Running Cafés") == analyze("runs café") == analyze("RUN cafe")


def test_stop_words_and_words_that_are_none_are_left_out() -> None:
    analyze = english_analyzer().analyze
    assert analyze("the of and") == []
    assert analyze(f"tower {'x' * 80}") == ["tower"]


def test_content_words_keep_order_and_spelling_and_come_once() -> None:
    question = "Who painted the Towers of Baden? What do the Towers cost in the U.S.?"
    assert content_words(question) == ["painted", "Towers", "Baden", "cost", "U.S"]


def test_a_question_of_function_words_has_no_content() -> None:
    assert content_words("What is it about?") == ["it"]
    assert content_words("") == []
