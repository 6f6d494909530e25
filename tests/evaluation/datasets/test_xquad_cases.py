"""XQuAD's questions over paragraphs in another language: answerable by their own paragraph, not by those beside it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.datasets.xquad_cases import cases


def paragraph(text: str, id_: str, question: str, answer: str) -> dict[str, Any]:
    return {"context": text, "qas": [{"id": id_, "question": question, "answers": [{"text": answer}]}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "en": [("Cats hunt mice.", "What do cats hunt?", "mice"), ("Dogs bark.", "What barks?", "Dogs")],
        "de": [("Katzen jagen Mäuse.", "Was jagen Katzen?", "Mäuse"), ("Hunde bellen.", "Was bellt?", "Hunde")],
    }
    for language, rows in texts.items():
        read = [paragraph(text, str(n), question, answer) for n, (text, question, answer) in enumerate(rows)]
        articles = {"data": [{"title": "Pets", "paragraphs": read}]}
        (tmp_path / f"xquad.{language}.json.gz").write_bytes(gzip.compress(json.dumps(articles).encode()))
    return tmp_path


def test_an_answerable_question_has_its_own_paragraph_and_gold_in_both_languages(folder: Path) -> None:
    first, second, beside = cases(folder, "de-en", None, 0)
    assert (first.id, first.question, first.answers) == ("xquad-de-0", "Was jagen Katzen?", ("Mäuse", "mice"))
    assert {passage.text for passage in first.passages} == {"Cats hunt mice.", "Dogs bark."}
    assert [first.passages[index].text for index in first.gold_passages] == ["Cats hunt mice."]
    assert [passage.text for passage in second.passages] == ["Dogs bark."]
    assert (beside.question, beside.answerable, beside.answers) == ("Was jagen Katzen?", False, ())
    assert [passage.text for passage in beside.passages] == ["Dogs bark."]


def test_half_of_a_sample_is_answerable(folder: Path) -> None:
    assert [case.answerable for case in cases(folder, "de-en", 2, 0)] == [True, False]


def test_a_limit_beyond_the_questions_there_are_takes_all_of_either_kind(folder: Path) -> None:
    found = cases(folder, "de-en", 20, 0)
    assert sorted(case.id for case in found) == sorted(case.id for case in cases(folder, "de-en", None, 0))
    assert [case.answerable for case in found] == [True, True, False]


def test_a_language_that_is_missing_is_said(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="no language 'fr'"):
        cases(folder, "fr-en", None, 0)
