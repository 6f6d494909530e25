"""Pairs differ in one word, say how, and use no pair of words that is left out."""

from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.datasets.wordnet import WordNet
from evaluation.fitting.synonym_pairs import Pair, PairMaker, read_texts
from rag.text.analyzer import english_analyzer

ANALYZE = english_analyzer().analyze
NET = WordNet(
    {"large": frozenset(["big"])},
    {"large": frozenset(["small"]), "increase": frozenset(["decrease"])},
    {"oak": frozenset(["elm"])},
)
TEXTS = ["The large oak made the number of birds increased by the stream. It is short."]

LEFT_OUT = frozenset([("decrease", "increase")])


def made(net: WordNet = NET, left_out: frozenset[tuple[str, str]] = frozenset(), limit: int = 9) -> list[Pair]:
    return PairMaker(net, ANALYZE, left_out).pairs(TEXTS, limit, seed=0)


def test_a_synonym_is_the_same_and_an_opposite_differs() -> None:
    pairs = made()
    assert [pair.differs for pair in pairs[:2]] == [False, True]
    assert [pair.words for pair in pairs[:2]] == [("large", "big"), ("large", "small")]


def test_the_sentences_of_a_pair_differ_in_the_words_at_its_spans() -> None:
    pairs = made()
    assert pairs
    for pair in pairs:
        one = pair.sentence[pair.span.start : pair.span.end]
        other = pair.changed[pair.changed_span.start : pair.changed_span.end]
        assert (one, other) == pair.words
        assert pair.sentence.replace(one, other, 1) == pair.changed


def test_opposites_that_are_left_out_are_not_used_in_any_form() -> None:
    net = WordNet({}, {"increase": frozenset(["decrease"])}, {})
    assert ("increased", "decreased") in {pair.words for pair in made(net)}
    assert not any({"increased", "decreased"} <= set(pair.words) for pair in made(net, LEFT_OUT))


def test_no_more_pairs_are_made_than_wanted() -> None:
    assert len(made(limit=2)) == 2


def test_a_text_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.\n\n  Two.\n", encoding="utf-8")
    assert read_texts([tmp_path / "a.txt"]) == ["One.", "Two."]
    with pytest.raises(EvaluationError, match=r"b.txt cannot be read: .*no such file.*Give plain text"):
        read_texts([tmp_path / "b.txt"])
