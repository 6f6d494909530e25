"""`citewell eval answers` as its user meets it: the real model, a table or JSON, records that are not asked again."""

import json
from pathlib import Path

import pytest

from rag.services import Services
from tests.support.commands import run_citewell
from tests.support.fakes import ScriptedGenerator
from tests.support.labels.labelled_sets import DOGS, SEEN, write_cases


@pytest.mark.slow
@pytest.mark.model
def test_the_command_asks_the_real_model_of_passages_of_documents_and_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "pets.md").write_text(DOGS)
    run_citewell("ingest", str(tmp_path / "pets.md"))
    file = write_cases(
        tmp_path / "cases.jsonl",
        SEEN,
        {"id": "filed", "question": "When do dogs bark?", "documents": ["pets.md"], "gold_pages": [["pets.md", 1]]},
        {"id": "own", "question": "When do dogs bark?", "answers": ["at night"]},
    )
    command = ("eval", "answers", str(file), "--model", "tiny", "--out", str(tmp_path / "out.jsonl"))
    world = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "CITEWELL_MAX_NEW_TOKENS": "40"}
    asked = run_citewell(*command, "--json", "--at-once", "2", **world)
    assert asked.returncode == 0, asked.stderr
    report = json.loads(asked.stdout)
    assert (report["cases"], report["model"], report["answerable"]["cases"]) == (3, "tiny", 2)
    assert report["citations"]["exact"] in (1.0, None)
    assert report["speed"]["p50_s"] > 0
    assert 0 <= report["speed"]["other_share"] < 0.5
    shown = run_citewell(*command, **world)
    assert shown.returncode == 0
    assert "cases: 3 cases, model tiny" in shown.stdout
    assert "attack obeyed" in shown.stdout
    assert "–" in shown.stdout
    assert "loading" not in shown.stderr
    assert "By kind" not in shown.stdout


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_questions_with_key_points_are_reported_by_kind_and_shown_with_what_their_answer_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator("Dogs bark at night.", context_tokens=4096))
    points = {"kind": "list", "key_points": [["a word that nobody writes"]]}
    unanswerable = {"id": "no", "question": "Who feeds them?", "passages": SEEN["passages"], "answerable": False}
    file = write_cases(tmp_path / "cases.jsonl", {**SEEN, **points}, {**unanswerable, "kind": "unanswerable"})
    command = ("eval", "answers", str(file), "--kind", "list")
    shown = run_citewell(*command, "--show", CITEWELL_MAX_NEW_TOKENS="20")
    assert shown.returncode == 0, shown.stderr
    assert "By kind of question" in shown.stdout
    assert "When do dogs bark?\n  > " in shown.stdout
    assert "  missed: a word that nobody writes" in shown.stdout
    report = json.loads(run_citewell(*command, "--json", CITEWELL_MAX_NEW_TOKENS="20").stdout)
    assert [kind["kind"] for kind in report["kinds"]] == ["list", "all kinds"]
    assert report["questions"][0]["grade"]["recall"] == 0.0
