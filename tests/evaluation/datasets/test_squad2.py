"""SQuAD 2.0: questions come with their paragraph and near ones of its article, half of them unanswerable."""

from pathlib import Path

import pytest

from evaluation.datasets.conversion import ConversionOptions, convert
from tests.support.labels.labelled_sets import gold_texts, write_squad2


@pytest.fixture
def squad2(tmp_path: Path) -> Path:
    return write_squad2(tmp_path / "squad2")


def test_a_squad_question_comes_with_the_nearest_paragraphs_of_its_article(squad2: Path) -> None:
    cases = convert("squad2", squad2, ConversionOptions())
    seen = next(case for case in cases if case.answerable)
    assert (seen.question, seen.answers) == ("Whom did the king rule with the duke?", ("Normandy", "in Normandy"))
    assert gold_texts(seen) == ["The king ruled Normandy."]
    assert {passage.text for passage in seen.passages} == {
        "The king ruled Normandy.",
        "The duke fought the king.",
        "The king was crowned.",
    }
    assert {passage.title for passage in seen.passages} == {"Old Normans"}


def test_an_unanswerable_squad_question_keeps_its_own_paragraph_and_has_no_gold(squad2: Path) -> None:
    unseen = next(case for case in convert("squad2", squad2, ConversionOptions()) if case.answerable is False)
    assert "The abbey was burnt." in {passage.text for passage in unseen.passages}
    assert (unseen.answers, unseen.gold_passages, len(unseen.passages)) == ((), (), 3)


def test_a_limit_takes_half_of_either_kind_and_a_larger_one_the_same_and_more(squad2: Path) -> None:
    few, more = (convert("squad2", squad2, ConversionOptions(limit=limit)) for limit in (4, 8))
    assert [sum(case.answerable is kind for case in few) for kind in (True, False)] == [2, 2]
    assert {case.id for case in few} < {case.id for case in more}
    assert few == convert("squad2", squad2, ConversionOptions(limit=4))
    assert few != convert("squad2", squad2, ConversionOptions(limit=4, seed=1))


def test_the_gold_paragraph_stands_at_any_place(squad2: Path) -> None:
    cases = [case for case in convert("squad2", squad2, ConversionOptions()) if case.answerable]
    assert {case.gold_passages[0] for case in cases} == {0, 1, 2}
