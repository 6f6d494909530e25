"""`citewell eval answers` as its user meets it: the real model, a table or JSON, records that are not asked again."""

import json
from pathlib import Path

import pytest

from tests.support.app_process import citewell
from tests.support.labelled_sets import DOGS, SEEN, write_cases


@pytest.mark.model
def test_the_command_asks_the_real_model_of_passages_of_documents_and_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "pets.md").write_text(DOGS)
    citewell("ingest", str(tmp_path / "pets.md"))
    file = write_cases(
        tmp_path / "cases.jsonl",
        SEEN,
        {"id": "filed", "question": "When do dogs bark?", "documents": ["pets.md"], "gold_pages": [["pets.md", 1]]},
        {"id": "own", "question": "When do dogs bark?", "answers": ["at night"]},
    )
    command = ("eval", "answers", str(file), "--model", "tiny", "--out", str(tmp_path / "out.jsonl"))
    world = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "CITEWELL_MAX_NEW_TOKENS": "40"}
    asked = citewell(*command, "--json", "--at-once", "2", **world)
    assert asked.returncode == 0, asked.stderr
    report = json.loads(asked.stdout)
    assert (report["cases"], report["model"], report["answerable"]["cases"]) == (3, "tiny", 2)
    assert report["citations"]["exact"] in (1.0, None)
    assert report["speed"]["p50_s"] > 0
    assert 0 <= report["speed"]["other_share"] < 0.5
    shown = citewell(*command, **world)
    assert shown.returncode == 0
    assert "cases: 3 cases, model tiny" in shown.stdout
    assert "attack obeyed" in shown.stdout
    assert "–" in shown.stdout
    assert "loading" not in shown.stderr
