"""The programs that measure on published and labelled sets answer, and run on a tiny set where they need no model."""

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.quality import answerable, facts, fit_yes_no, tables, yes_no
from evaluation import indexing
from evaluation.cases import read_cases
from evaluation.labelled_set import read_set
from evaluation.probing import probe_cases
from evaluation.set_files import read_json_lines
from rag.generation.yes_no_probe import load_yes_no_probe
from rag.services import Services
from rag.types import Certainty
from tests.evaluation.test_probe_cases import write_squad2
from tests.support.documents.pdfs import Words, write_words
from tests.support.documents.table_pdfs import write_ruled
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.labels.labelled_sets import (
    MISSED,
    SCRIPTED_ANSWERS,
    SEEN,
    QuestionGenerator,
    ask_all,
    services_with,
    write_cases,
    write_rows,
)
from tests.support.values import answer

Run = Callable[..., str]
QUALITY = Path(yes_no.__file__).parent


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a program with arguments, and return what it printed."""

    def run(name: str, *arguments: Path | str) -> str:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        import_module(f"benchmarks.{name}").main()
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", ["quality.across", "quality.scans"])  # which no test below runs
def test_a_program_says_how_it_is_called(name: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(name, "--help")
    assert ended.value.code == 0
    assert f"python -m benchmarks.{name} " in " ".join(capsys.readouterr().out.split())


def test_answers_to_yes_no_questions_count_by_their_first_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {"yes": "Ja, sie bellen.", "no": "Yes, they bark.", "unanswerable": "Dogs bark."}
    rows = [
        {"document": "dogs", "text": "Dogs bark.", "question": "Do they?", "answer": expected} for expected in texts
    ]
    write_rows(tmp_path / "rows.jsonl", rows)
    given = [
        replace(answer("Do they?"), text=text, language="de" if text.startswith("Ja") else "en")
        for text in texts.values()
    ]
    yes_no.report(yes_no.read_file(tmp_path / "rows.jsonl"), given)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("yes, 1 questions: yes 1, no 0, neither 0, refused 0")
    assert told[1].startswith("no, 1 questions: yes 1, no 0")
    assert told[2].startswith("unanswerable, 1 questions: yes 0, no 0, neither 1")


def test_questions_that_yes_and_no_are_learned_from_name_the_sentences_that_decide_them() -> None:
    learned = 0
    for file in ("answered.jsonl", "yes_no_documents.jsonl"):
        for library in read_json_lines(QUALITY / file):
            texts = [document["text"] for document in library["documents"]]
            for row in library["questions"]:
                if row["kind"] == "yes_no" and row["answerable"]:
                    assert row["answer"] in ("yes", "no")
                    assert row["sentences"]
                    assert all(any(each.strip() in text for text in texts) for each in row["sentences"])
                    learned += 1
    assert learned == 1097


def test_a_probe_for_yes_and_no_is_fitted_to_states(tmp_path: Path) -> None:
    chance, asked, states = np.random.default_rng(1), [], []
    for number in range(60):
        decides = tuple(place == number % 3 for place in range(3))
        says_yes = chance.integers(2, size=3)
        asked.append(
            fit_yes_no.Asked(
                question="Is it?",
                answer="yes" if says_yes[number % 3] else "no",
                quotes=("a", "b", "c"),
                decides=decides,
                about=str(number),
            )
        )
        states += [np.repeat([place, says], 64) for place, says in zip(decides, says_yes, strict=True)]
    noise = chance.normal(0, 0.1, (180, len(fit_yes_no.LAYERS), 128))
    fit_yes_no.fit((np.array(states)[:, None] + noise).astype(np.float16), asked, tmp_path / "probe.safetensors")
    probe = load_yes_no_probe(tmp_path / "probe.safetensors", 128)
    beside, yes, no = (torch.tensor(each).repeat_interleave(64).float() for each in ((0, 1), (1, 1), (1, 0)))
    assert probe.verdict([beside, yes, beside]).yes > 0.7
    assert probe.verdict([beside, no, beside]).yes < 0.3


def test_sets_are_converted_to_cases(run: Run, tmp_path: Path) -> None:
    squad2, out = write_squad2(tmp_path / "squad2"), tmp_path / "cases.jsonl"
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "NotInject_one.json").write_text(json.dumps([{"prompt": "Ignore the noise."}]))
    assert run("datasets.convert", "squad2", squad2, out, "--held-out", "--limit", "4") == f"4 cases in {out}\n"
    assert sum(bool(case.answerable) for case in read_cases(out)) == 2
    for name, folder, options in (
        ("dictated", squad2, ()),
        ("dictated", squad2, ("--clean",)),
        ("probe-squad2", squad2, ("--limit", "5")),
        ("notinject", tmp_path / "prompts", ()),
        ("notinject", tmp_path / "prompts", ("--neutral",)),
    ):
        run("datasets.convert", name, folder, out, *options)
        assert read_cases(out)


def test_questions_about_libraries_become_cases_that_a_probe_can_be_fitted_on(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cases.jsonl"
    for name, libraries in (("answered", 168), ("answered_blind", 30)):
        run("datasets.convert", "probe-libraries", QUALITY / f"{name}.jsonl", out)
        cases = probe_cases([out])
        assert len(cases) == 12 * libraries
        assert 0.4 < sum(bool(case.answerable) for case in cases) / len(cases) < 0.6
        assert {case.kind for case in cases} == {"fact", "yes_no", "list", "why_how"}
    run("datasets.convert", "probe-libraries", QUALITY / "answered.jsonl", out, "--limit", "2")
    assert len(read_cases(out)) == 24


def test_questions_that_the_passages_answer_are_told_from_others_by_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passages = [{"text": "The dogs of the house bark all night, and all of the cats are asleep on the roof."}]
    asked = [("Who barks?", 2.0, "en", True), ("Who sings?", -4.0, "en", False), ("Wer singt?", 1.0, "de", False)]
    rows = [
        {"id": str(odds), "question": question, "passages": passages, "kind": "fact", "language": language}
        | {"answerable": is_answered}
        for question, odds, language, is_answered in asked
    ]
    write_rows(tmp_path / "rows.jsonl", rows)

    class Probed(ScriptedGenerator):
        def begin(self) -> None:
            prompt = self.seen[-1]["content"]
            self.certainty = next(Certainty(odds) for question, odds, _, _ in asked if question in prompt)

    found = answerable.read(read_cases(tmp_path / "rows.jsonl"), services_with(Probed("Yes.")))
    assert found["fact"] == [(True, 2.0, False), (False, -4.0, True)]
    assert found[answerable.FOREIGN] == [(False, 1.0, False)]
    answerable.report(found)
    assert capsys.readouterr().out.splitlines()[1:] == ["fact\t2\t1.000\t0.00\t1.00"]


def test_a_set_in_several_languages_is_written_in_the_layout_of_beir_and_as_cases(run: Run, tmp_path: Path) -> None:
    for language, text, question in (("en", "Dogs bark.", "What barks?"), ("de", "Hunde bellen.", "Was bellt?")):
        asked = {"id": "q", "question": question, "answers": [{"text": text.split()[0]}]}
        articles = {"data": [{"title": "Pets", "paragraphs": [{"context": text, "qas": [asked]}]}]}
        (tmp_path / f"xquad.{language}.json").write_text(json.dumps(articles))
    run("datasets.beir", tmp_path, tmp_path / "beir", "--split", "de-en")
    labelled = read_set(tmp_path / "beir")
    assert [document.text for document in labelled.documents] == ["Dogs bark."]
    assert (labelled.queries, labelled.judgements) == ({"q": "Was bellt?"}, {"q": {"0": 1}})
    run("datasets.convert", "xquad", tmp_path, tmp_path / "cases.jsonl", "--split", "de-en")
    (case,) = read_cases(tmp_path / "cases.jsonl")
    assert (case.question, case.passages[0].text, case.answers) == ("Was bellt?", "Dogs bark.", ("Hunde", "Dogs"))


def test_planted_errors_are_counted(run: Run, tmp_path: Path) -> None:
    tower = {
        "id": "tower",
        "question": "How high is the tower?",
        "passages": [{"title": "Tower", "text": "The tower was finished in 1889, and it is 324 metres high."}],
        "answers": ["324 metres"],
        "gold_passages": [0],
    }
    printed = run("quality.planted", write_cases(tmp_path / "towers.jsonl", tower))
    assert "towers: 1 cases" in printed
    assert "sentence\t1\t1.000\t" in printed
    assert "number\t" in printed


def test_ungrounded_figures_are_listed(run: Run, tmp_path: Path) -> None:
    passage = {"text": "In 1998 dogs barked at Adams.", "document": "pets.md"}
    answer = {"answer": "In 1999 dogs barked at Lincoln in 1998.", "abstained": False, "passages": [passage]}
    row = {"case": {"id": "seen", "question": "When?"}, "answer": answer, "measures": {"exact_quotes": 0}}
    assert run("quality.ungrounded", write_cases(tmp_path / "records.jsonl", row)).splitlines() == [
        "seen: 1999",
        "figures in 1 answers: 2, ungrounded 1, 0.500",
        "seen: Lincoln",
        "names in 1 answers: 1, ungrounded 1, 1.000",
    ]


def test_the_confidence_is_fitted_on_records(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator())
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    cases = write_cases(
        tmp_path / "c.jsonl", *({**case, "id": f"{case['id']}{n}"} for n in "ab" for case in (SEEN, MISSED))
    )
    ask_all(cases, services_with(QuestionGenerator(SCRIPTED_ANSWERS)), out=tmp_path / "records.jsonl")
    printed = run("quality.calibrate", tmp_path / "records.jsonl")
    assert printed.startswith("4 answers, 2 of them right")
    assert {"bias", "answerable", "least_log_prob", "asked", "support"} < {
        each.split("\t")[0] for each in printed.splitlines()
    }


def test_excerpts_are_compared_with_chunks(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    (tmp_path / "toy" / "corpora").mkdir(parents=True)
    for name, text in {"dogs": "Dogs bark at night.", "rain": "Rain falls at dawn."}.items():
        (tmp_path / "toy" / "corpora" / f"{name}.md").write_text(text)
    with (tmp_path / "toy" / "questions_df.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["question", "corpus_id", "references"])
        rows.writerow(["When do dogs bark?", "dogs", json.dumps([{"start_index": 0, "end_index": 19}])])
    printed = run("quality.chunking", tmp_path / "toy", "--passages", "2")
    assert printed.endswith("recall 100.0 %, precision 50.00 %, IoU 50.00 %\n")


def test_gold_pages_are_looked_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    for year, text in {"2018": "The revenue of the company was 5.", "2019": "Dogs hunt at night."}.items():
        (tmp_path / "set" / year).mkdir(parents=True)
        (tmp_path / "set" / year / "report.md").write_text(text)
    page = {"document": "report.md", "page": 1}
    rows = [
        {"question": "What was the revenue?", "documents": [f"{year}/report.md"], "gold_pages": [page]}
        for year in ("2018", "2019")
    ]
    write_rows(tmp_path / "set" / "questions.jsonl", rows)
    assert "all\t2\t0.500\t1.000" in run("quality.pages", tmp_path / "set", "--passages", "1")


def test_cells_of_tables_are_counted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ruled(tmp_path / "a.pdf", [["Name", "City", "Staff"], ["Acme", "Bonn", "12"], ["Widgets", "Rome", "7"]])
    cells = [["12", "Acme", ["Staff"]], ["7", "Acme", ["Staff"]]]
    label = {"file": "a.pdf", "page": 1, "kind": "ruled", "half": "seen", "cells": cells}
    (tmp_path / "labels.json").write_text(json.dumps([label]))
    monkeypatch.setattr(tables, "LABELS", tmp_path / "labels.json")
    printed = run("quality.tables", tmp_path, "--show-wrong")
    assert "ruled\t1\t2\t1\t0.500" in printed
    assert "a.pdf, p. 1: '7' in 'Acme': row" in printed


def test_figures_are_computed_from_tables(run: Run, tmp_path: Path) -> None:
    report = [["", "2019", "2018"], ["Net sales", "32,136", "32,765"], ["Net income", "4,570", "5,349"]]
    (tmp_path / "financebench" / "pdfs").mkdir(parents=True)
    write_ruled(tmp_path / "financebench" / "pdfs" / "ACME_2019.pdf", report)
    question = {
        "financebench_id": "f1",
        "question": "What were net sales in 2018?",
        "answer": "$32765.00",
        "evidence": [{"doc_name": "ACME_2019", "evidence_page_num": 0}],
    }
    write_rows(tmp_path / "financebench" / "questions.jsonl", [question])
    printed = run("quality.figures", tmp_path, "--near", "3", "--show")
    assert "financebench\tseen\t1\t1\t1\t0\t0" in printed
    assert "f1 1.00: What were net sales in 2018? → Net sales: 32,765 (2018)." in printed


def test_facts_of_documents_are_compared(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("# Picnic\n\nWe met.")
    label = {"title": ["Feast"], "organisation": [""], "period": [""], "kind": ["other"]}
    write_rows(tmp_path / "labels.jsonl", [{"file": "a.md", "half": "seen", **label}])
    monkeypatch.setattr(facts, "LABELS", tmp_path / "labels.jsonl")
    printed = run("quality.facts", tmp_path)
    assert "seen\t1\t0.000\t1.000\t1.000\t1.000" in printed
    assert "a.md: title 'Picnic', not 'Feast'" in printed


def test_headings_are_compared_with_the_outline(run: Run, tmp_path: Path) -> None:
    titles = [f"{at} Part of the report" for at in range(1, 6)]
    rows = [Words(72, 760 - 60 * at, title, 14, "F2") for at, title in enumerate(titles)]
    write_words(tmp_path / "a.pdf", [rows], outline=[(title, 0, 1) for title in titles])
    assert "all dev\t\t5\t" in run("quality.headings", tmp_path)
