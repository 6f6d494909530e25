"""Gold pages are looked for among all documents, and within the one in question."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.retrieval import gold_pages, indexing
from evaluation.retrieval.gold_pages import Share
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from tests.support.documents.pdfs import write_pdf
from tests.support.fakes import WordEmbedder
from tests.support.labels.labelled_sets import write_rows


def at(document: str, page: int) -> dict[str, object]:
    return {"document": document, "page": page}


@pytest.mark.model
def test_a_questions_page_is_looked_for_among_all_documents_and_within_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    (tmp_path / "pdfs").mkdir()
    write_pdf(tmp_path / "pdfs" / "cats.pdf", ["Cats sleep most of the day.", "Cats hunt at dawn."])
    write_pdf(tmp_path / "pdfs" / "dogs.pdf", ["Dogs hunt at night with their packs."])
    rows: list[dict[str, Any]] = [
        {"doc_name": "cats", "question": "When do cats hunt?", "evidence": [{"evidence_page_num": 1}]},
        {"doc_name": "cats", "question": "When do dogs hunt?", "evidence": [{"evidence_page_num": 0}]},
        {"doc_name": "not there", "question": "Why?", "evidence": []},
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = gold_pages.evaluate(tmp_path, load_settings(), no_progress, passages=1)
    assert report.documents == 1
    assert report.overall == Share("all", 2, 0.5, 0.5)


def test_pages_are_counted_from_one_and_questions_without_their_document_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "cats.pdf").write_bytes(b"%PDF")
    evidence = [{"evidence_page_num": 0}, {"evidence_page_num": 41}]
    rows = [{"doc_name": name, "question": "When?", "evidence": evidence} for name in ("cats", "dogs")]
    write_rows(tmp_path / "questions.jsonl", rows)
    (question,) = gold_pages.read_questions(tmp_path)
    assert question.documents == (tmp_path / "pdfs" / "cats.pdf",)
    assert question.pages == {("cats.pdf", 1), ("cats.pdf", 42)}


@pytest.mark.model
def test_a_set_may_name_documents_and_gold_pages_itself_and_is_reported_by_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    write_pdf(tmp_path / "cats.pdf", ["Cats sleep most of the day.", "Cats hunt at dawn."])
    write_pdf(tmp_path / "dogs.pdf", ["Dogs hunt at night with their packs."])
    (tmp_path / "set").mkdir()
    both = ["cats.pdf", "dogs.pdf"]
    rows: list[dict[str, Any]] = [
        {"kind": "list", "question": "When do cats hunt?", "documents": both, "gold_pages": [at("cats.pdf", 2)]},
        {"kind": "why", "question": "When do dogs hunt?", "documents": both, "gold_pages": [at("cats.pdf", 1)]},
        {"kind": "why", "question": "When do cats hunt?", "documents": both, "gold_pages": [at("cats.pdf", 2)]},
        {"kind": "list", "question": "No gold page", "documents": both},
    ]
    write_rows(tmp_path / "set" / "questions.jsonl", rows)
    report = gold_pages.evaluate(tmp_path / "set", load_settings(), no_progress, passages=1)
    assert report.documents == 2
    assert report.kinds == (Share("list", 1, 1.0, 1.0), Share("why", 2, 0.5, 0.5))


def test_a_document_of_this_project_is_found_in_it(tmp_path: Path) -> None:
    name = "documents/debian-social-contract.md"
    rows = [{"question": "?", "documents": [f"project:data/{name}"], "gold_pages": [at("x", 1)]}]
    write_rows(tmp_path / "questions.jsonl", rows)
    (question,) = gold_pages.read_questions(tmp_path)
    assert question.documents[0].read_text(encoding="utf-8")


def test_a_folder_without_any_of_the_documents_is_a_clear_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "questions.jsonl", [{"doc_name": "cats", "question": "When?", "evidence": []}])
    with pytest.raises(EvaluationError, match="has none of the documents"):
        gold_pages.read_questions(tmp_path)


def test_the_page_of_another_file_of_the_same_name_is_not_gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    texts = {"2018": "The revenue of the company was 5 in all.", "2019": "Dogs hunt at night with their packs."}
    for year, text in texts.items():
        (tmp_path / "set" / year).mkdir(parents=True)
        write_pdf(tmp_path / "set" / year / "report.pdf", [text])
    asked = "What was the revenue of the company?"
    rows = [
        {"question": asked, "documents": [f"{year}/report.pdf"], "gold_pages": [at("report.pdf", 1)]} for year in texts
    ]
    write_rows(tmp_path / "set" / "questions.jsonl", rows)
    report = gold_pages.evaluate(tmp_path / "set", load_settings(), no_progress, passages=1)
    assert report.overall == Share("all", 2, 0.5, 1.0), "the report of 2018 does not answer for 2019"
