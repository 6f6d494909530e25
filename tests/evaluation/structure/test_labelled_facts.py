"""Facts found are compared with labels made by eye."""

import json
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure.labelled_facts import FACTS, LABELS, evaluate, facts_of, read_labels
from rag.runtime.progress import no_progress
from rag.text.facets import KINDS
from tests.support.labels.labelled_sets import write_rows

LABEL = {"title": ["Picnic"], "organisation": ["", "Widgets"], "period": [""], "kind": ["other"]}


def test_each_fact_is_right_or_a_mistake_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Picnic!\n\nWe met.")
    (tmp_path / "b.md").write_text("# Feast\n\nWe met.")
    rows = [
        {"file": f"{name}.md", "half": half, **LABEL} for name, half in (("a", "seen"), ("b", "unseen"), ("c", "seen"))
    ]
    write_rows(tmp_path / "labels.jsonl", rows)
    report = evaluate(tmp_path, no_progress, tmp_path / "labels.jsonl")
    assert report.files == {"all": 2, "seen": 1, "unseen": 1}
    assert report.shares["all"] == {"title": 0.5, "organisation": 1, "period": 1, "kind": 1}
    (mistake,) = report.mistakes
    assert (mistake.file, mistake.fact, mistake.found) == ("b.md", "title", "Feast")


def test_the_labels_of_the_program_are_complete() -> None:
    labels = LABELS.read_text(encoding="utf-8").splitlines()
    assert len(labels) == len(set(labels)) >= 38
    assert all(f'"{fact}"' in line for line in labels for fact in FACTS)


def test_labelled_kinds_are_kinds() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert {kind for row in rows for kind in row["kind"]} <= KINDS.keys()


def test_without_the_files_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="None of the labelled files"):
        read_labels(tmp_path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 nonsense")
    with pytest.raises(EvaluationError, match=r"a\.pdf"):
        facts_of(tmp_path / "a.pdf")
