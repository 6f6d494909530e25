"""Figures and names of an answer that none of its texts has are counted, in whatever spelling."""

from evaluation.cases import Case
from evaluation.records import Record
from evaluation.ungrounded import count_in_records, count_ungrounded, ordinary_words

TEXT = "Net sales were $32,765 million in 2017-18, five percent more; Adams of Germany studied law."


def test_figures_in_another_spelling_are_those_of_the_text_and_others_are_counted() -> None:
    for answer in ("32765", "32 765", "in 2018", "5%", "1. One\n2. Two", "As [3] says, 32,765", "five"):
        assert count_ungrounded(answer, [TEXT], ()).wrong_figures == (), answer
    for answer in ("32,766", "$32.8 billion", "1. One in 9"):
        counted = count_ungrounded(answer, [TEXT], ())
        assert len(counted.wrong_figures) == counted.figures == 1, answer


def test_names_are_capitalised_words_that_no_text_writes_small() -> None:
    ordinary = ordinary_words([TEXT])
    counted = count_ungrounded("It is Law that German Adams and Lincoln studied. Jefferson too.", [TEXT], ordinary)
    assert (counted.names, counted.wrong_names) == (3, ("Lincoln",))
    assert count_ungrounded("- George Washington", [TEXT], ordinary).wrong_names == ("George", "Washington")


def test_records_are_counted_against_what_they_were_shown() -> None:
    passage = {"text": TEXT, "document": "report of 1999", "heading": ""}
    answers = {"a": ("In 1999 and 2018: 7.", False), "b": ("In 1950.", True)}
    records = [
        Record(Case(id=id_, question="What?"), {"answer": text, "abstained": refused, "passages": [passage]}, 0)
        for id_, (text, refused) in answers.items()
    ]
    counted = count_in_records(records)
    assert {id_: each.wrong_figures for id_, each in counted.items()} == {"a": ("7",)}
