"""Gold pages are looked for among all documents, and within the one in question."""

import json
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.retrieval import gold_pages
from rag.runtime.progress import no_progress
from rag.settings import load_settings
from tests.support.labelled_sets import write_rows
from tests.support.pdfs import write_pdf


@pytest.mark.model
def test_a_questions_page_is_looked_for_among_all_documents_and_within_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold_pages, "user_cache_path", lambda _name: tmp_path / "cache")
    (tmp_path / "pdfs").mkdir()
    write_pdf(tmp_path / "pdfs" / "cats.pdf", ["Cats sleep most of the day.", "Cats hunt at dawn."])
    write_pdf(tmp_path / "pdfs" / "dogs.pdf", ["Dogs hunt at night with their packs."])
    rows = [
        {"doc_name": "cats", "question": "When do cats hunt?", "evidence": [{"evidence_page_num": 1}]},
        {"doc_name": "cats", "question": "When do dogs hunt?", "evidence": [{"evidence_page_num": 0}]},
        {"doc_name": "not there", "question": "Why?", "evidence": []},
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = gold_pages.evaluate(tmp_path, load_settings(), no_progress, passages=1)
    assert (report.questions, report.documents, report.among_all, report.within_document) == (2, 1, 0.5, 0.5)


def test_pages_are_counted_from_one_and_questions_without_their_document_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "cats.pdf").write_bytes(b"%PDF")
    evidence = [{"evidence_page_num": 0}, {"evidence_page_num": 41}]
    rows = [{"doc_name": name, "question": "When?", "evidence": evidence} for name in ("cats", "dogs")]
    write_rows(tmp_path / "questions.jsonl", rows)
    (question,) = gold_pages.read_questions(tmp_path)
    assert (question.document, question.pages) == ("cats.pdf", frozenset({1, 42}))


def test_a_folder_without_any_of_the_documents_is_a_clear_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "questions.jsonl", [{"doc_name": "cats", "question": "When?", "evidence": []}])
    with pytest.raises(EvaluationError, match="has none of the documents"):
        gold_pages.read_questions(tmp_path)
