"""WordNet's files give synonyms, antonyms and words of one kind; endings are carried over."""

from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.datasets.wordnet import inflected, read_wordnet
from tests.support.labels.labelled_sets import write_wordnet


def test_words_of_one_meaning_opposites_and_siblings_are_told_apart(tmp_path: Path) -> None:
    net = read_wordnet(write_wordnet(tmp_path))
    assert net.synonyms == {"big": {"large"}, "large": {"big"}}
    assert net.antonyms == {"large": {"small"}, "small": {"large"}, "increase": {"decrease"}, "decrease": {"increase"}}
    assert net.siblings == {"oak": {"elm"}, "elm": {"oak"}}


@pytest.mark.parametrize(
    ("word", "opposites"),
    [
        ("increase", {"decrease"}),
        ("increased", {"decreased"}),
        ("increases", {"decreases"}),
        ("tree", set()),
    ],
)
def test_an_ending_is_carried_over(tmp_path: Path, word: str, opposites: set[str]) -> None:
    assert inflected(read_wordnet(write_wordnet(tmp_path)).antonyms, word) == opposites


def test_a_folder_without_wordnet_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"does not hold WordNet 3.0: .*data.noun: no such file"):
        read_wordnet(tmp_path)
    (tmp_path / "data.noun").write_text("00000001 03 n zz nonsense\n", encoding="latin-1")
    with pytest.raises(EvaluationError, match=r"does not hold WordNet 3.0"):
        read_wordnet(tmp_path)
