"""Statements in one language are judged against passages in another, true ones and ones with an error."""

import gzip
import json
from pathlib import Path

import pytest

from evaluation.citation_check.across_languages import evaluate, make_statements
from evaluation.datasets.labelled_set import EvaluationError
from rag.grounding.scorer_by_language import ScorerByLanguage, lexical_scorer
from rag.grounding.translation.sentence_translation import Example
from rag.grounding.translation.translated_answers import TranslatedSupport
from rag.runtime.progress import CancelEvent, no_progress

ENGLISH = "The bridge of Baden was built by Anna Weber in 1868. It is made of stone and wood, and very long."
GERMAN = "Die Brücke von Baden wurde 1868 von Anna Weber gebaut. Sie ist aus Stein und Holz und sehr lang."
TRANSLATIONS = {
    "Die Brücke von Baden wurde 1868 von Anna Weber gebaut.": "The bridge of Baden was built by Anna Weber in 1868.",
    "Die Brücke von Baden wurde 1871 von Anna Weber gebaut.": "The bridge of Baden was built by Anna Weber in 1868.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    other = "Die Mitglieder wählten Karl Huber zum Vorsitz.", "The members elected Karl Huber as the chair."
    for language, texts in {"de": (GERMAN, other[0]), "en": (ENGLISH, other[1])}.items():
        asked = [{"id": "a", "question": "?", "answers": [{"text": "1868"}]}]
        read = [{"context": text, "qas": asked} for text in texts]
        articles = {"data": [{"title": "Baden", "paragraphs": read}]}
        (tmp_path / f"xquad.{language}.json.gz").write_bytes(gzip.compress(json.dumps(articles).encode()))
    return tmp_path


def translate(text: str, _language: str, _example: Example | None, _cancelled: CancelEvent | None) -> str:
    return TRANSLATIONS.get(text, "The bridge of Baden was built by Karl Huber in 1868.")


def test_an_error_is_a_figure_or_a_name_that_the_passage_does_not_have(folder: Path) -> None:
    true, number, name = make_statements(folder, "de-en", 5, 0)
    assert (true.text, true.passage, true.error) == (GERMAN.partition(". ")[0] + ".", ENGLISH, None)
    assert (number.text, number.error) == ("Die Brücke von Baden wurde 1871 von Anna Weber gebaut.", "number")
    assert name.error == "name"
    assert "Karl Huber" in name.text


def test_true_statements_are_supported_and_wrong_ones_caught(folder: Path) -> None:
    scorer = ScorerByLanguage(lexical_scorer)
    statements = make_statements(folder, "de-en", 5, 0)
    report = evaluate("de-en", statements, TranslatedSupport(translate, scorer), scorer, no_progress)
    assert (report.true, report.supported, report.at_least_weak) == (1, 1.0, 1.0)
    assert report.caught == {"number": (1, 1.0), "name": (1, 1.0)}
    assert (report.doubted, report.missed) == ((), ())


def test_one_language_is_no_pair(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="as in de-en"):
        make_statements(folder, "de", 5, 0)
