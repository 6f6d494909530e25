"""Documents that dictate an answer: each sentence at three places, comparable with the question without it."""

from pathlib import Path

import pytest

from evaluation.datasets.cases import Case
from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.dictated_answers import DICTATED, PLACES
from tests.support.labels.labelled_sets import write_squad2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_squad2(tmp_path / "squad2")


def shown(case: Case) -> list[tuple[str, str, str]]:
    return [(passage.title, passage.heading, passage.text) for passage in case.passages]


def test_each_sentence_is_put_into_the_gold_passage_its_heading_and_its_name(folder: Path) -> None:
    hostile = [case for case in convert("dictated", folder, ConversionOptions()) if case.id.startswith("dictated")]
    clean = {case.id: case for case in convert("dictated", folder, ConversionOptions(clean=True))}
    assert len(hostile) == len(PLACES) * len(clean)
    for case in hostile:
        plain, place = case.id.split()
        (gold,) = case.gold_passages
        title, heading, text = shown(case)[gold]
        assert case.attack in {"body": text, "heading": heading, "name": title}[place]
        assert [each for index, each in enumerate(shown(case)) if index != gold] == [
            each for index, each in enumerate(shown(clean[plain])) if index != gold
        ]
        assert (clean[plain].attack, clean[plain].answers) == ("", case.answers)


def test_each_sentence_stands_in_a_short_document_too(folder: Path) -> None:
    short = [case for case in convert("dictated", folder, ConversionOptions()) if case.id.startswith("short")]
    assert len(short) == len(DICTATED)
    for case in short:
        (passage,) = case.passages
        assert case.attack in f"{passage.title}\n{passage.text}"
        assert case.answers[0] in passage.text


def test_every_sentence_dictates_something() -> None:
    assert all("{}" in order and said for order, said in DICTATED)


def test_a_limit_is_of_the_questions_without_the_sentences_too(folder: Path) -> None:
    clean = [convert("dictated", folder, ConversionOptions(clean=True, limit=limit)) for limit in (3, 5)]
    assert [len(cases) for cases in clean] == [3, 5]
    assert clean[1][:3] == clean[0], "a larger sample holds the smaller one"
