"""Words by kind, sentence and clause."""

from rag.grounding.language_rules import ENGLISH
from rag.grounding.relations.clauses import read_clauses


def test_words_are_told_apart_by_kind() -> None:
    words = read_clauses("The tower of Pisa was finished in 1372.", ENGLISH.is_starter).words
    assert {word.text: word.kind for word in words} == {
        "The": "function",
        "tower": "content",
        "of": "function",
        "Pisa": "name",
        "was": "function",
        "finished": "content",
        "in": "function",
        "1372": "number",
    }


def test_sentences_and_clauses_are_counted_and_questions_marked() -> None:
    read = read_clauses("Who won? Ada won, and Lex, who lost, left; he was ill.", ENGLISH.is_starter)
    assert read.questions == {0}
    assert [(word.text, word.sentence, word.clause) for word in read.words if word.is_verb_like] == [
        ("won", 0, 0),
        ("won", 1, 1),
        ("lost", 1, 2),
        ("left", 1, 2),
    ]


def test_the_full_stop_of_an_initial_ends_nothing() -> None:
    words = read_clauses("J. Byron Jr. won.", ENGLISH.is_starter).words
    assert {word.sentence for word in words} == {0}
    assert not any(word.stop_before for word in words)
