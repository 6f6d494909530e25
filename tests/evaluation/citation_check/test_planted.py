"""`citewell eval planted`: true statements of labelled cases, errors planted into them, and what the check says."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.citation_check.planted import Report, SampleOptions, area, evaluate
from evaluation.citation_check.planted_errors import KINDS, Context, Kind, changes, names
from evaluation.citation_check.statements import reworded, stated, true_statements
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.labelled_set import EvaluationError
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from tests.support.app_process import citewell
from tests.support.labelled_sets import write_cases

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
CONTEXT = Context(GOLD, GOLD + " The Tiber is a river in Rome.", ["Ian Murdock", "Debian"])


def run(file: Path, **how: Any) -> Report:
    return evaluate(file, SCORER, lambda *_: None, SampleOptions(**how))


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        ("number", "It is 324 metres high.", "It is 325 metres high."),
        ("number", "It had three towers.", "It had seven towers."),
        ("number", "It cost 7,800,000 francs.", "It cost 78,000,000 francs."),
        ("year", "It was finished in 1889.", "It was finished in 1888."),
        ("date", "It was finished on 31 March 1889.", "It was finished on 31 July 1889."),
        ("unit", "It took 26 months.", "It took 26 weeks."),
        ("name", "It was Gustave Eiffel who built it.", "It was Gustave Murdock who built it."),
        ("negation", "It was finished.", "It was not finished."),
        ("negation", "It was not finished.", "It was finished."),
        ("number of the passage", "It is 324 metres high.", "It is 26 metres high."),
        ("name of the passage", "He built it in Portugal.", "He built it in France."),
        ("names exchanged", "He left Portugal for France.", "He left France for Portugal."),
        ("opposite", "He built more than 50 bridges.", "He built less than 50 bridges."),
    ],
)
def test_each_kind_of_error_changes_what_it_says(kind: Kind, text: str, changed: str) -> None:
    assert changed in changes(kind, text, CONTEXT)


@pytest.mark.parametrize("kind", KINDS)
def test_where_there_is_nothing_to_change_nothing_is_changed(kind: Kind) -> None:
    assert changes(kind, "It stands by a river", Context("", "", [])) == []


def test_a_new_value_never_stands_in_the_passages() -> None:
    shown = f"{GOLD} 325, 323, 3240, 649 and 164."
    assert set(changes("number", "It is 324 metres high.", Context(GOLD, shown, []))) == {"It is 327 metres high."}
    assert changes("name", "It was Gustave Eiffel.", Context(GOLD, f"{GOLD} Debian", ["Debian"])) == []


def test_a_list_of_names_is_not_turned_around() -> None:
    assert changes("names exchanged", "He built in Portugal and France.", CONTEXT) == []


def test_names_are_capitalised_words_that_do_more_than_begin_a_sentence() -> None:
    assert names("The tower stands in Paris. On Monday Gustave Eiffel of Dijon left. May came.") == [
        "Paris",
        "Monday Gustave Eiffel of Dijon",
    ]


def test_a_case_gives_the_sentence_that_answers_the_answer_and_the_question_as_a_statement() -> None:
    case = Case(
        id="1",
        question=CASE["question"],
        passages=tuple(GivenPassage(**p) for p in CASE["passages"]),
        answers=("324 metres",),
        gold_passages=(1,),
    )
    assert [(statement.form, statement.text) for statement in true_statements(case)] == [
        ("sentence", GOLD.split(" Before")[0]),
        ("short", "324 metres"),
        ("asked", "324 metres high is the tower."),
    ]


def test_rewording_moves_respells_and_leaves_out_but_changes_no_figure() -> None:
    assert reworded("In 1889, the tower (of iron) was not finished in two years.") == (
        "The tower wasn't finished in 2 years in 1889."
    )
    assert reworded("It is 324 metres high.") == "It is 324 metres high."


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the tower built?", "1889 the tower built."),
        ("The tower was built in which year?", "The tower was built 1889 year."),
        ("Tell me the year", ""),
    ],
)
def test_a_question_is_stated_with_its_answer(question: str, said: str) -> None:
    assert stated(question, "1889") == said


def test_true_statements_are_supported_and_cited_and_errors_are_caught(tmp_path: Path) -> None:
    report = run(write_cases(tmp_path / "two.jsonl", CASE, OTHER))
    assert (report.set, report.cases) == ("two", 2)
    assert {t.form for t in report.true} >= {"sentence", "short", "asked"}
    assert all((t.supported, t.precision, t.recall) == (1.0, 1.0, 1.0) for t in report.true if t.form != "asked")
    caught = {c.kind: c.caught for c in report.changed}
    assert caught["number"] == caught["year"] == caught["name"] == caught["negation"] == 1.0
    assert all(c.auc > 0.5 for c in report.changed if c.kind in ("number", "year", "name", "negation"))


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


def test_supported_sentences_of_kept_answers_are_true_statements_too(tmp_path: Path) -> None:
    sentences = [
        {"text": "The tower is 324 metres high.", "support": "supported"},
        {"text": "It is green.", "support": "unsupported"},
    ]
    kept = {"id": "tower", "answer": {"abstained": False, "sentences": sentences}}
    refused = {"id": "debian", "answer": {"abstained": True, "sentences": sentences}}
    records = write_cases(tmp_path / "records.jsonl", kept, refused)
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
    assert area([0.9, 0.5], [0.5, 0.1]) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_the_command_needs_no_model_and_prints_what_was_caught(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "two.jsonl", CASE, OTHER)
    printed = citewell("eval", "planted", str(file), CITEWELL_MODELS=str(tmp_path / "none"))
    assert (printed.returncode, printed.stderr) == (0, "planting errors in two.jsonl …\n")
    assert "no longer supported" in printed.stdout
    result = json.loads(citewell("eval", "planted", str(file), "--json", "--seed", "1").stdout)
    assert {row["kind"] for row in result["changed"]} >= {"number", "name", "negation"}


def test_the_planted_opposites_are_not_the_ones_that_the_checker_knows() -> None:
    known = ("The harvest was large.", "The harvest was small.")
    unknown = ("The harvest was natural.", "The harvest was artificial.")
    for true, false in (known, unknown):
        assert false in changes("opposite", true, CONTEXT)
    (is_caught,), (is_missed,) = (SCORER.contradicts(false, [true]) for true, false in (known, unknown))
    assert is_caught
    assert not is_missed
