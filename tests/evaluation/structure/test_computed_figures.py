"""Figures computed from gold pages, compared with gold answers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure.computed_figures import NumberCase, evaluate, judge, read_cases
from rag.types import Computed
from tests.support.documents.table_pdfs import write_ruled

TABLE = [["", "2019", "2018"], ["Net sales", "32,136", "32,765"], ["Net income", "4,570", "5,349"]]


def write_sets(data: Path) -> None:
    """Write a report with one table, and two questions about it as both sets have them."""
    (data / "financebench" / "pdfs").mkdir(parents=True)
    write_ruled(data / "financebench" / "pdfs" / "ACME_2019.pdf", TABLE)
    question = {
        "financebench_id": "f1",
        "question": "What were net sales in 2018?",
        "answer": "$32765.00",
        "evidence": [{"doc_name": "ACME_2019", "evidence_page_num": 0}],
    }
    (data / "financebench" / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    (data / "everyday").mkdir()
    asked = {
        "id": "e1",
        "kind": "table",
        "question": "By how much did net income fall from 2018 to 2019?",
        "documents": ["financebench/pdfs/ACME_2019.pdf"],
        "key_points": [["779"], ["14.6", "15%"], ["because"]],
        "gold_pages": [{"document": "ACME_2019.pdf", "page": 1}],
    }
    (data / "everyday" / "questions.jsonl").write_text(json.dumps(asked), encoding="utf-8")


def test_results_are_compared_with_the_gold_answers(tmp_path: Path) -> None:
    write_sets(tmp_path)
    cases = read_cases(tmp_path)
    assert [case.id for case in cases] == ["f1", "e1"]
    first, second = evaluate(cases, near=3)
    assert first.computed is not None
    assert first.recall == 1.0
    assert second.computed is not None
    assert second.recall == pytest.approx(2 / 3)
    assert judge(replace(first.case, points=(("99",),)), first.computed) == 0.0


def test_a_folder_without_sets_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="has neither"):
        read_cases(tmp_path)


@pytest.mark.parametrize(
    ("point", "recall"),
    [("8", 0), ("57", 0), ("201", 0), ("18", 0), ("1577", 1), ("$1,580", 1), ("2018", 1), ("Revenue", 1), ("Costs", 0)],
)
def test_a_gold_figure_is_met_by_a_figure_and_not_by_digits_in_another(point: str, recall: float) -> None:
    said = Computed(kind="lookup", statement="Revenue in 2018 was 1,577.", operands=(), confidence=1.0)
    assert judge(NumberCase(id="x", set="s", question="?", points=((point,),), pages=()), said) == recall


def test_questions_without_key_points_are_left_out_and_a_damaged_line_is_told(tmp_path: Path) -> None:
    write_sets(tmp_path)
    file = tmp_path / "everyday" / "questions.jsonl"
    row = json.loads(file.read_text())
    file.write_text(json.dumps({**row, "key_points": []}))
    assert [case.id for case in read_cases(tmp_path)] == ["f1"]
    file.write_text('["no object"]')
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_cases(tmp_path)
