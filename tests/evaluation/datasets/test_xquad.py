"""XQuAD as a retrieval set: each question's paragraph is relevant, in one language or from one to another."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.datasets.xquad import is_xquad, read_xquad


def article(*paragraphs: tuple[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "paragraphs": [
            {"context": text, "qas": [{"id": id_, "question": question} for id_, question in questions.items()]}
            for text, questions in paragraphs
        ]
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "xquad"
    folder.mkdir()
    languages = {
        "en": [
            article(("Cats hunt.", {"a": "What hunts?"})),
            article(("Dogs bark.", {"b": "What barks?", "c": "Who?"})),
        ],
        "de": [
            article(("Katzen jagen.", {"a": "Was jagt?"})),
            article(("Hunde bellen.", {"b": "Was bellt?", "c": "Wer?"})),
        ],
    }
    for language, articles in languages.items():
        path = folder / f"xquad.{language}.json.gz"
        path.write_bytes(gzip.compress(json.dumps({"data": articles}).encode()))
    return folder


def test_one_language_is_read_with_the_paragraph_of_each_question(folder: Path) -> None:
    assert is_xquad(folder)
    labelled = read_xquad(folder, "de")
    assert [document.text for document in labelled.documents] == ["Katzen jagen.", "Hunde bellen."]
    assert labelled.queries == {"a": "Was jagt?", "b": "Was bellt?", "c": "Wer?"}
    assert labelled.judgements == {"a": {"0": 1}, "b": {"1": 1}, "c": {"1": 1}}


def test_questions_of_one_language_are_asked_over_paragraphs_of_another(folder: Path) -> None:
    labelled = read_xquad(folder, "de-en")
    assert labelled.documents == read_xquad(folder, None).documents
    assert labelled.queries["b"] == "Was bellt?"
    assert labelled.name != read_xquad(folder, "de").name


def test_a_language_that_is_missing_or_damaged_is_named(folder: Path, tmp_path: Path) -> None:
    assert not is_xquad(tmp_path)
    with pytest.raises(EvaluationError, match=r"no language 'fr'\. Use --split with de, en, or two as in de-en"):
        read_xquad(folder, "fr")
    (folder / "xquad.de.json.gz").write_bytes(b"{}")
    with pytest.raises(EvaluationError, match="not in SQuAD's format"):
        read_xquad(folder, "en-de")
