"""FinanceBench: questions on the reports that exist, pages from one, long answers told from short ones."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.labelled_set import EvaluationError
from tests.support.labels.labelled_sets import write_rows


def test_finance_bench_counts_pages_from_one_and_leaves_out_reports_that_are_missing(tmp_path: Path) -> None:
    def row(id_: str, document: str, answer: str) -> dict[str, Any]:
        evidence = [{"doc_name": document, "evidence_page_num": page} for page in (0, 41)]
        return {
            "financebench_id": id_,
            "question": "How much?",
            "doc_name": document,
            "answer": answer,
            "evidence": evidence,
        }

    write_rows(
        tmp_path / "questions.jsonl",
        [
            row("a", "ACME", "$3.00"),
            row("b", "GONE", "$4.00"),
            row("c", "ACME", "It fell as one plant after another closed."),
        ],
    )
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "ACME.pdf").write_bytes(b"%PDF")
    short, long = convert("financebench", tmp_path, ConversionOptions())
    assert short.documents == (str(tmp_path / "pdfs" / "ACME.pdf"),)
    assert short.gold_pages == (("ACME.pdf", 1), ("ACME.pdf", 42))
    assert (short.answers, short.long, long.long) == (("$3.00",), False, True)
    assert (short.canonical, long.canonical, short.kind) == (True, True, "")


def test_every_question_of_finance_bench_may_be_asked_of_all_reports(tmp_path: Path) -> None:
    row = {"question": "How much?", "answer": "$3.00", "evidence": [], "question_type": "metrics"}
    rows = [{**row, "financebench_id": name, "doc_name": name} for name in ("B", "A")]
    write_rows(tmp_path / "questions.jsonl", rows)
    (tmp_path / "pdfs").mkdir()
    for name in ("A", "B"):
        (tmp_path / "pdfs" / f"{name}.pdf").write_bytes(b"%PDF")
    reports = tuple(str(tmp_path / "pdfs" / f"{name}.pdf") for name in ("A", "B"))
    cases = convert("financebench", tmp_path, ConversionOptions(all_reports=True, limit=1))
    assert [(case.documents, case.kind) for case in cases] == [(reports, "metrics")]


def test_a_row_without_evidence_is_an_error_that_names_the_field(tmp_path: Path) -> None:
    (tmp_path / "pdfs").mkdir()
    (tmp_path / "pdfs" / "ACME.pdf").write_bytes(b"%PDF")
    row = {"financebench_id": "a", "question": "How much?", "doc_name": "ACME", "answer": "$3.00"}
    write_rows(tmp_path / "questions.jsonl", [row])
    with pytest.raises(EvaluationError, match=r"does not hold the set 'financebench' \(KeyError\('evidence'\)\)"):
        convert("financebench", tmp_path, ConversionOptions())
