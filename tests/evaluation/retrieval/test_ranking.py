"""Evaluation: labelled sets are read as they are, and a known ranking gets its known measures."""

import gzip
import json
from pathlib import Path

import pytest

from evaluation.datasets.beir import EvaluationError, read_set
from evaluation.datasets.cookbook import read_cookbook
from evaluation.retrieval import gold_pages, indexing, ranking
from evaluation.retrieval.excerpts import measure, read_excerpts
from rag.settings import load_settings
from tests.support.pdfs import write_pdf

DOCUMENTS = {
    "cats": ("Cats", "Cats sleep most of the day and hunt at dawn."),
    "bread": ("Bread", "Bread is made of flour, water, salt and yeast."),
    "rates": ("", "The central bank raised interest rates by two percent."),
    "empty": ("", ""),
}
QUERIES = {"q1": "when do cats hunt", "q2": "by how much did interest rates rise", "unjudged": "anything"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "toy"
    folder.mkdir()
    rows = [json.dumps({"_id": id_, "title": title, "text": text}) for id_, (title, text) in DOCUMENTS.items()]
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    (folder / "queries.test.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in QUERIES.items()))
    (folder / "qrels.test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tcats\t1\nq2\trates\t1\nq2\tbread\t0\n")
    return folder


def test_a_set_is_read_with_its_split_and_only_judged_queries(folder: Path) -> None:
    labelled = read_set(folder, "test")
    assert [document.id for document in labelled.documents] == list(DOCUMENTS)
    assert labelled.queries.keys() == {"q1", "q2"}
    assert labelled.judgements["q2"] == {"rates": 1, "bread": 0}


def test_a_missing_file_is_named_and_the_splits_are_listed(folder: Path) -> None:
    with pytest.raises(EvaluationError, match=r"no queries\.jsonl.*splits are test: use --split"):
        read_set(folder)
    (folder / "corpus.jsonl.gz").unlink()
    with pytest.raises(EvaluationError, match="no corpus"):
        read_set(folder, "test")


def test_a_file_that_is_something_else_is_a_clear_error(folder: Path) -> None:
    (folder / "queries.test.jsonl").write_text('{"id": 1}')
    with pytest.raises(EvaluationError, match="BEIR's layout"):
        read_set(folder, "test")


@pytest.mark.model
def test_an_easy_set_is_answered_perfectly_and_indexed_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    reports = [
        ranking.evaluate(read_set(folder, "test"), load_settings(), lambda *_: None, ["dense", "hybrid"])
        for _ in range(2)
    ]
    assert [(r.documents, r.queries, r.documents_per_s is None) for r in reports] == [(4, 2, False), (4, 2, True)]
    for outcome in reports[0].outcomes:
        assert outcome.measures == dict.fromkeys(ranking.MEASURES, 1.0)
        assert 0 < outcome.p50_ms <= outcome.p95_ms
    assert reports[0].outcomes[1].measures == reports[1].outcomes[1].measures


def test_excerpts_are_compared_character_by_character() -> None:
    recall, precision, iou = measure(((0, 10), (20, 30)), [(True, 5, 25), (False, 0, 10)])
    assert (recall, precision, iou) == (0.5, 10 / 30, 10 / 40)
    assert measure(((0, 10),), []) == (0.0, 0.0, 0.0)


def test_a_folder_without_excerpts_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="needs corpora"):
        read_excerpts(tmp_path)


def write_cookbook(folder: Path, sections: int = 1) -> None:
    """A set of one question, which the first of its sections answers."""
    texts = ["Claude is a family.", *(f"Section {number} is on Claude too." for number in range(1, sections))]
    rows = [
        {"chunk_link": f"docs#{number}", "chunk_heading": "Models", "text": f"Models\n\n{text}"}
        for number, text in enumerate(texts)
    ]
    question = {"id": "q", "question": "What is Claude?", "correct_chunks": ["docs#0"], "correct_answer": "A family."}
    (folder / "anthropic_docs.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    (folder / "docs_evaluation_dataset.json").write_text(json.dumps([question]))


def test_the_cookbooks_set_is_read_with_headings_as_titles(tmp_path: Path) -> None:
    write_cookbook(tmp_path)
    labelled = read_cookbook(tmp_path)
    (document,) = labelled.documents
    assert (document.id, document.title, document.text) == ("docs#0", "Models", "Claude is a family.")
    assert (labelled.queries, labelled.judgements) == ({"q": "What is Claude?"}, {"q": {"docs#0": 1}})
    with pytest.raises(EvaluationError, match="needs anthropic_docs"):
        read_cookbook(tmp_path / "elsewhere")


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
    report = gold_pages.evaluate(tmp_path, load_settings(), lambda *_: None, passages=1)
    assert (report.questions, report.documents, report.among_all, report.within_document) == (2, 1, 0.5, 0.5)
