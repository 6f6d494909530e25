"""`citewell eval answers`: cases are asked of what they say, measured, recorded, and not asked twice."""

import json
from pathlib import Path

import pytest

from evaluation import indexing
from evaluation.report import UngroundedReport
from evaluation.set_files import EvaluationError
from rag.services import Services
from tests.support.documents.pdfs import write_pdf
from tests.support.fakes import WordEmbedder
from tests.support.labels.labelled_sets import (
    CATS,
    DOGS,
    MISSED,
    SEEN,
    UNSEEN,
    QuestionGenerator,
    ask_all,
    services_with,
    write_cases,
)
from tests.support.stored_texts import put
from tests.support.values import content


def test_known_answers_get_their_known_figures(file: Path, services: Services) -> None:
    report = ask_all(file, services)
    assert (report.set, report.cases) == ("pets", 3)
    answerable = report.answerable
    assert (answerable.contained, answerable.wrong, answerable.refused, answerable.exact) == (0.5, 0.5, 0.0, 0.0)
    assert answerable.f1 == pytest.approx((2 * 2 / (4 + 2) + 0) / 2)
    assert (report.abstention.precision, report.abstention.recall, report.abstention.f1) == (1.0, 1.0, 1.0)
    assert (report.citations.precision, report.citations.recall, report.citations.exact) == (0.5, 0.5, 1.0)
    assert (report.support.sentences, report.support.supported) == (2, 1.0)
    assert (report.attacks.cases, report.attacks.obeyed) == (0, None)


def test_what_was_answered_is_not_asked_again(
    file: Path, services: Services, generator: QuestionGenerator, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    half = ask_all(file, services, out=out, limit=2)
    assert (half.cases, len(generator.asked)) == (2, 2)
    whole = ask_all(file, services, out=out)
    assert (whole.cases, len(generator.asked), len(out.read_text().splitlines())) == (3, 3, 3)
    again = ask_all(file, services, out=out)
    assert len(generator.asked) == 3
    assert again == whole


def test_cases_of_a_document_that_was_changed_or_replaced_are_asked_again(
    tmp_path: Path, services: Services, generator: QuestionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    case = {"question": SEEN["question"], "answers": ["at night"]}
    filed = {**case, "id": "filed", "documents": ["a.md"]}
    file = write_cases(tmp_path / "cases.jsonl", {**SEEN, "id": "given"}, filed)
    (tmp_path / "a.md").write_text(DOGS)
    out = tmp_path / "out.jsonl"
    ask_all(file, services, out=out)
    ask_all(file, services, out=out)
    assert len(generator.asked) == 2
    (tmp_path / "a.md").write_text("Dogs bark at noon.")
    ask_all(file, services, out=out)
    assert len(generator.asked) == 3, "the case with passages of its own is as it was"
    kept = json.loads(out.read_text().splitlines()[-1])
    assert (kept["id"], kept["answer"]["passages"][0]["text"]) == ("filed", "Dogs bark at noon.")


def test_cases_of_an_own_library_are_asked_again_once_it_has_other_documents(
    tmp_path: Path, generator: QuestionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    file = write_cases(tmp_path / "c.jsonl", SEEN, {"id": "own", "question": SEEN["question"], "answers": ["at night"]})
    out = tmp_path / "out.jsonl"
    with services_with(generator) as services:
        put(services.library, content("a.md", DOGS))
        ask_all(file, services, out=out, limit=1)
        ask_all(file, services, out=out)
        assert len(generator.asked) == 2, "a larger sample holds the smaller one, whatever kinds it has"
        put(services.library, content("b.md", CATS))
        ask_all(file, services, out=out)
        ask_all(file, services, out=out)
    assert len(generator.asked) == 3


def test_figures_and_names_that_no_source_has_are_counted(tmp_path: Path) -> None:
    said = "In 1999 dogs bark 7 times.", "Dogs bark in the garden of Lincoln."
    answers = {str(case["question"]): text for case, text in zip((SEEN, MISSED), said, strict=True)}
    passages = [{"text": "The 7 dogs bark in the garden."}]
    cases = [{**case, "passages": passages, "gold_passages": [0]} for case in (SEEN, MISSED)]
    report = ask_all(write_cases(tmp_path / "c.jsonl", *cases), services_with(QuestionGenerator(answers)))
    assert report.ungrounded == UngroundedReport(figures=2, ungrounded_figures=1, names=1, ungrounded_names=1)
    assert (report.ungrounded.figure_share, report.ungrounded.name_share) == (0.5, 1.0)


def test_documents_are_ingested_once_searched_and_cited_by_page(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    write_pdf(tmp_path / "pets.pdf", [CATS, DOGS])
    write_pdf(tmp_path / "wolves.pdf", ["Wolves and dogs bark at night too."])
    case = {key: value for key, value in SEEN.items() if key not in ("passages", "gold_passages")}
    file = write_cases(
        tmp_path / "cases.jsonl",
        {**case, "documents": ["pets.pdf"], "gold_pages": [["pets.pdf", 2]]},
        {**case, "id": "wolves", "documents": ["wolves.pdf"], "gold_pages": [["pets.pdf", 2]]},
    )
    report = ask_all(file, services, out=tmp_path / "out.jsonl")
    assert (report.citations.precision, report.citations.recall, report.citations.exact) == (0.5, 0.5, 1.0)
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())}
    assert {passage["document"] for passage in rows["seen"]["answer"]["passages"]} == {"pets.pdf"}
    (library,) = (tmp_path / "cache" / "evaluation").iterdir()
    ask_all(file, services, limit=1)
    assert list((tmp_path / "cache" / "evaluation").iterdir()) == [library]


def test_a_question_that_cannot_be_asked_is_named(tmp_path: Path, services: Services) -> None:
    with pytest.raises(EvaluationError, match="Case 'seen' cannot be asked: The question has 5000 characters"):
        ask_all(write_cases(tmp_path / "cases.jsonl", {**SEEN, "question": "x" * 5000}), services)


POINTS = {"kind": "list", "key_points": [["bark"], ["moon", "night"]]}


def test_key_points_are_graded_by_kind_and_each_question_says_what_it_missed(
    tmp_path: Path, services: Services
) -> None:
    case = {key: value for key, value in MISSED.items() if key != "answers"} | POINTS
    unanswerable = {**UNSEEN, "kind": "unanswerable", "key_points": []}
    report = ask_all(write_cases(tmp_path / "p.jsonl", {**SEEN, **POINTS}, case, unanswerable), services)
    assert [(kind.kind, kind.questions, kind.recall) for kind in report.kinds] == [
        ("list", 2, 0.5),
        ("unanswerable", 1, None),
        ("all kinds", 3, 0.5),
    ]
    assert report.kinds[1].unanswerable_refused == 1.0
    seen, missed, _ = report.questions
    assert seen.grade
    assert missed.grade
    assert (seen.answer, seen.grade.missed) == ("Dogs bark at night.", ())
    assert (missed.id, missed.grade.recall, missed.grade.missed) == ("missed", 0.0, (("bark",), ("moon", "night")))


def test_only_the_kinds_that_are_named_are_asked(
    tmp_path: Path, services: Services, generator: QuestionGenerator
) -> None:
    file = write_cases(tmp_path / "p.jsonl", {**SEEN, **POINTS}, {**UNSEEN, "kind": "unanswerable"}, MISSED)
    assert ask_all(file, services, kinds=("unanswerable",)).cases == 1
    assert generator.asked == [UNSEEN["question"]]
    with pytest.raises(EvaluationError, match=r"no question of the kind 'lists'.*list, unanswerable"):
        ask_all(file, services, kinds=("list", "lists"))
    with pytest.raises(EvaluationError, match="leave --kind out"):
        ask_all(write_cases(tmp_path / "q.jsonl", MISSED), services, kinds=("list",))
