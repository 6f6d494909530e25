"""Recorded answers are judged again: the text stays, citations and the verdict are those of the current code."""

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.records import Record, read_records
from evaluation.rejudge import rejudge
from rag.services import Services
from tests.support.labels.labelled_sets import (
    DOGS,
    SEEN,
    ask_all,
    write_cases,
)


@pytest.fixture
def record(services: Services, tmp_path: Path) -> Record:
    ask_all(write_cases(tmp_path / "pets.jsonl", SEEN), services, out=tmp_path / "out.jsonl")
    (record,) = read_records(tmp_path / "out.jsonl")
    return record


def test_an_answer_of_the_same_code_is_judged_as_it_was(record: Record, services: Services) -> None:
    again = rejudge(record, services.scorer, services.abstention)
    assert again.answer["sentences"] == record.answer["sentences"]
    assert again.answer["confidence"] == record.answer["confidence"]
    assert (again.exact_quotes, again.answer["timings"]) == (1, record.answer["timings"])


def test_citations_are_found_anew_in_the_passages_of_the_record(record: Record, services: Services) -> None:
    bare = {**record.answer, "sentences": []}
    (sentence,) = rejudge(replace(record, answer=bare), services.scorer, services.abstention).answer["sentences"]
    assert sentence["citations"][0]["quote"] == DOGS


def test_how_sure_yes_or_no_was_is_heeded_again(record: Record, services: Services) -> None:
    signals = {**record.answer["signals"], "decided": 0.6}
    again = rejudge(replace(record, answer={**record.answer, "signals": signals}), services.scorer, services.abstention)
    assert again.answer["confidence"] == pytest.approx(0.6 * record.answer["confidence"], abs=1e-3)
    assert again.answer["signals"]["decided"] == 0.6


def test_a_recorded_translation_is_judged_without_a_model(record: Record, services: Services) -> None:
    german = "- Hunde bellen nachts sehr laut."
    sentence = {"text": german, "translation": DOGS}
    foreign = {**record.answer, "answer": german, "language": "de", "sentences": [sentence]}
    (judged,) = rejudge(replace(record, answer=foreign), services.scorer, services.abstention).answer["sentences"]
    assert (judged["support"], judged["translation"]) == ("supported", DOGS)
