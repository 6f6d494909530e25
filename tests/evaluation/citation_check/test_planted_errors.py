"""Planted errors: each kind changes what it says, to a value that is new, and some opposites are new to the checker."""

import pytest

from evaluation.citation_check.planted_errors import KINDS, Context, Kind, changes, find_names
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer

GOLD = (
    "In March 1889 the Eiffel Company finished the tower, which is 324 metres high, in 26 months. "
    "Before that, Gustave Eiffel had built more than 50 bridges in Portugal and France."
)
CONTEXT = Context(GOLD, GOLD + " The Tiber is a river in Rome.", ["Ian Murdock", "Debian"])


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        ("number", "It is 324 metres high.", "It is 325 metres high."),
        ("number", "It had three towers.", "It had seven towers."),
        ("number", "It cost 7,800,000 francs.", "It cost 78,000,000 francs."),
        ("year", "It was finished in 1889.", "It was finished in 1888."),
        ("date", "It was finished on 31 March 1889.", "It was finished on 31 July 1889."),
        ("unit", "It took 26 months.", "It took 26 weeks."),
        ("name", "It was Gustave Eiffel who built it.", "It was Gustave Murdock who built it."),
        ("negation", "It was finished.", "It was not finished."),
        ("negation", "It was not finished.", "It was finished."),
        ("number of the passage", "It is 324 metres high.", "It is 26 metres high."),
        ("name of the passage", "He built it in Portugal.", "He built it in France."),
        ("names exchanged", "He left Portugal for France.", "He left France for Portugal."),
        ("opposite", "He built more than 50 bridges.", "He built less than 50 bridges."),
    ],
)
def test_each_kind_of_error_changes_what_it_says(kind: Kind, text: str, changed: str) -> None:
    assert changed in changes(kind, text, CONTEXT)


@pytest.mark.parametrize("kind", KINDS)
def test_where_there_is_nothing_to_change_nothing_is_changed(kind: Kind) -> None:
    assert changes(kind, "It stands by a river", Context("", "", [])) == []


def test_a_new_value_never_stands_in_the_passages() -> None:
    shown = f"{GOLD} 325, 323, 3240, 649 and 164."
    assert set(changes("number", "It is 324 metres high.", Context(GOLD, shown, []))) == {"It is 327 metres high."}
    assert changes("name", "It was Gustave Eiffel.", Context(GOLD, f"{GOLD} Debian", ["Debian"])) == []


def test_a_list_of_names_is_not_turned_around() -> None:
    assert changes("names exchanged", "He built in Portugal and France.", CONTEXT) == []


def test_names_are_capitalised_words_that_do_more_than_begin_a_sentence() -> None:
    assert find_names("The tower stands in Paris. On Monday Gustave Eiffel of Dijon left. May came.") == [
        "Paris",
        "Monday Gustave Eiffel of Dijon",
    ]


def test_the_planted_opposites_are_not_the_ones_that_the_checker_knows() -> None:
    known = ("The harvest was large.", "The harvest was small.")
    unknown = ("The harvest was natural.", "The harvest was artificial.")
    for true, false in (known, unknown):
        assert false in changes("opposite", true, CONTEXT)
    scorer = LexicalScorer(english_analyzer().analyze)
    (is_caught,), (is_missed,) = (scorer.contradicts(false, [true]) for true, false in (known, unknown))
    assert is_caught
    assert not is_missed
