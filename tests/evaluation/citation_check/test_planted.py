"""`citewell eval planted`: true statements of labelled cases, errors planted into them, and what the check says."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.citation_check.planted import Report, SampleOptions, evaluate, roc_auc
from evaluation.datasets.labelled_set import EvaluationError
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from tests.support.commands import run_citewell
from tests.support.labels.labelled_sets import write_cases

SCORER = LexicalScorer(english_analyzer().analyze)
GOLD = (
    "In March 1889 the Eiffel Company finished the tower, which is 324 metres high, in 26 months. "
    "Before that, Gustave Eiffel had built more than 50 bridges in Portugal and France."
)
CASE: dict[str, Any] = {
    "id": "tower",
    "question": "How high is the tower?",
    "passages": [{"title": "Rome", "text": "The Tiber is a river in Rome."}, {"title": "Tower", "text": GOLD}],
    "answers": ["324 metres"],
    "gold_passages": [1],
}
OTHER: dict[str, Any] = {
    "id": "debian",
    "question": "Who founded Debian?",
    "passages": [{"title": "Debian", "text": "Debian was founded by Ian Murdock in Indiana. It is not for sale."}],
    "answers": ["Ian Murdock"],
    "gold_passages": [0],
}


def run(file: Path, **how: Any) -> Report:
    return evaluate(file, SCORER, lambda *_: None, SampleOptions(**how))


def test_true_statements_are_supported_and_cited_and_errors_are_caught(tmp_path: Path) -> None:
    report = run(write_cases(tmp_path / "two.jsonl", CASE, OTHER))
    assert (report.set, report.cases) == ("two", 2)
    assert {t.form for t in report.true} >= {"sentence", "short", "asked"}
    assert all((t.supported, t.precision, t.recall) == (1.0, 1.0, 1.0) for t in report.true if t.form != "asked")
    caught = {c.kind: c.caught for c in report.changed}
    assert caught["number"] == caught["year"] == caught["name"] == caught["negation"] == 1.0
    assert all(c.auc and c.auc > 0.5 for c in report.changed if c.kind in ("number", "year", "name", "negation"))


def test_a_question_without_an_answer_is_stated_with_a_guess_and_not_believed(tmp_path: Path) -> None:
    unseen = {**CASE, "id": "unseen", "question": "Who painted the bridges green?", "answerable": False}
    del unseen["answers"], unseen["gold_passages"]
    report = run(write_cases(tmp_path / "three.jsonl", CASE, OTHER, unseen))
    (row,) = (c for c in report.changed if c.kind == "unanswerable")
    assert (row.statements, row.caught, row.by_form) == (1, 1.0, {"asked": 1.0})


def test_a_check_that_believes_everything_is_found_out(tmp_path: Path) -> None:
    class Credulous(LexicalScorer):
        def support(self, sentence: str, spans: Any, context: str = "") -> list[float]:
            return [1.0] * len(spans)

    file = write_cases(tmp_path / "two.jsonl", CASE, OTHER)
    report = evaluate(file, Credulous(english_analyzer().analyze), lambda *_: None, SampleOptions())
    assert {(c.caught, c.auc) for c in report.changed} == {(0.0, 0.5)}
    assert all(c.missed for c in report.changed)


def test_the_same_seed_plants_the_same_errors(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "two.jsonl", CASE, OTHER)
    first, again = run(file, seed=3), run(file, seed=3)
    assert (first.true, first.changed) == (again.true, again.changed)


def test_supported_sentences_of_stored_answers_are_true_statements_too(tmp_path: Path) -> None:
    sentences = [
        {"text": "The tower is 324 metres high.", "support": "supported"},
        {"text": "It is green.", "support": "unsupported"},
    ]
    answered = {"id": "tower", "answer": {"abstained": False, "sentences": sentences}}
    abstained = {"id": "debian", "answer": {"abstained": True, "sentences": sentences}}
    records = write_cases(tmp_path / "records.jsonl", answered, abstained)
    report = run(write_cases(tmp_path / "two.jsonl", CASE, OTHER), records=records)
    assert [(t.form, t.statements) for t in report.true if t.form == "kept"] == [("kept", 1)]


def test_what_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "none.jsonl", {"id": "1", "question": "?"})
    with pytest.raises(EvaluationError, match="has no case with passages, gold_passages and answers"):
        run(file)
    (tmp_path / "bad.jsonl").write_text("[]\n")
    with pytest.raises(EvaluationError, match="not a file of records"):
        run(write_cases(tmp_path / "two.jsonl", CASE), records=tmp_path / "bad.jsonl")


def test_the_area_under_the_curve_is_the_share_of_right_orders() -> None:
    assert roc_auc([0.9, 0.5], [0.5, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_the_command_needs_no_model_and_prints_what_was_caught(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "two.jsonl", CASE, OTHER)
    printed = run_citewell("eval", "planted", str(file), CITEWELL_MODELS=str(tmp_path / "none"))
    assert (printed.returncode, printed.stderr) == (0, "planting errors in two.jsonl …\n")
    assert "no longer supported" in printed.stdout
    result = json.loads(run_citewell("eval", "planted", str(file), "--json", "--seed", "1").stdout)
    assert {row["kind"] for row in result["changed"]} >= {"number", "name", "negation"}


def test_cases_of_documents_or_of_the_library_are_left_out(tmp_path: Path) -> None:
    own = {"id": "own", "question": "How high is it?", "answers": ["324 metres"]}
    sentences = [{"text": "The tower is 324 metres high.", "support": "supported"}]
    records = write_cases(tmp_path / "r.jsonl", {"id": "own", "answer": {"abstained": False, "sentences": sentences}})
    report = run(write_cases(tmp_path / "three.jsonl", CASE, OTHER, own), records=records)
    alone = run(write_cases(tmp_path / "two.jsonl", CASE, OTHER))
    assert report.cases == 2
    assert [row.kind for row in report.changed] == [row.kind for row in alone.changed]


def test_without_true_statements_there_is_no_area_under_the_curve(tmp_path: Path) -> None:
    unseen = {**CASE, "question": "Who painted the bridges green?", "answerable": False}
    del unseen["answers"], unseen["gold_passages"]
    (row,) = run(write_cases(tmp_path / "one.jsonl", unseen)).changed
    assert (row.kind, row.statements, row.auc) == ("unanswerable", 1, None)


def test_of_a_case_that_was_asked_again_the_last_answer_counts(tmp_path: Path) -> None:
    def row(*texts: str) -> dict[str, Any]:
        sentences = [{"text": text, "support": "supported"} for text in texts]
        return {"id": "tower", "answer": {"abstained": False, "sentences": sentences}}

    records = write_cases(
        tmp_path / "records.jsonl", row("The tower is high.", "It is green."), row("It is 324 metres high.")
    )
    report = run(write_cases(tmp_path / "two.jsonl", CASE, OTHER), records=records)
    assert [t.statements for t in report.true if t.form == "kept"] == [1]
