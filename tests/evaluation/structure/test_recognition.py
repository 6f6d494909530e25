"""Scans are measured in the process that reads documents, by groups."""

import json
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure import recognition
from rag.runtime.progress import no_progress
from tests.evaluation.structure.test_made_scans import PROSE
from tests.support.documents.pdfs import write_words
from tests.support.documents.scans import needs_recognition, picture


@pytest.mark.slow
@needs_recognition
def test_labelled_and_made_scans_are_reported_by_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    picture(tmp_path).save(folder / "scan.png")
    labels = tmp_path / "labels.jsonl"
    label = {"group": "printed", "file": "scan.png", "page": 1, "text": "The invoice number is 48213. Payment is late."}
    labels.write_text(json.dumps(label) + "\n")
    monkeypatch.setattr(recognition, "LABELS", labels)
    monkeypatch.setattr(recognition, "_OTHERS", 0)
    write_words(folder / "known.pdf", [PROSE])
    report = recognition.evaluate(folder, no_progress)
    scans, made = report.groups
    assert (scans.name, scans.pages, scans.words) == ("scans of the set, printed", 1, 8)
    assert scans.recall == pytest.approx(7 / 8)
    assert made.name == "made, printed"
    assert made.recall > 0.9
    assert report.pages[0].note.startswith("recognised, confidence")
    assert report.peak_mb is None or report.peak_mb > 50


def test_a_folder_without_documents_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="has no scans"):
        recognition.evaluate(tmp_path, no_progress)


def test_every_label_is_a_page_with_words() -> None:
    rows = [json.loads(line) for line in recognition.LABELS.read_text("utf-8").splitlines()]
    assert len({(row["file"], row["page"]) for row in rows}) == len(rows)
    assert all(row["text"].strip() and row["page"] >= 1 and row["group"] for row in rows)


def test_a_limit_is_of_each_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = ["printed", *["turned"] * 7, "printed", "typewritten"]
    rows = [{"group": group, "file": f"{at}.png", "page": 1, "text": "x"} for at, group in enumerate(groups)]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for row in rows:
        (tmp_path / str(row["file"])).touch()
    monkeypatch.setattr(recognition, "LABELS", tmp_path / "labels.jsonl")
    monkeypatch.setattr(recognition, "_reading", lambda *_: recognition.FileReading({}, "empty", 0.0))
    for limit, pages in ((1, [1, 1, 1]), (3, [2, 3, 1]), (None, [2, 7, 1])):
        assert [group.pages for group in recognition.evaluate(tmp_path, no_progress, limit).groups] == pages
