"""Retrieved chunks are compared with labelled excerpts, character by character."""

import csv
import json
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.retrieval import indexing
from evaluation.retrieval.excerpts import evaluate, measure, read_excerpts
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import WordEmbedder


def test_excerpts_are_compared_character_by_character() -> None:
    recall, precision, iou = measure(((0, 10), (20, 30)), [(True, 5, 25), (False, 0, 10)])
    assert (recall, precision, iou) == (0.5, 10 / 30, 10 / 40)
    assert measure(((0, 10),), []) == (0.0, 0.0, 0.0)


def test_a_folder_without_excerpts_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="needs corpora"):
        read_excerpts(tmp_path)


def test_a_set_is_measured_in_percent_and_a_chunk_of_another_corpus_costs_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    folder = tmp_path / "toy"
    (folder / "corpora").mkdir(parents=True)
    texts = {"dogs": "Dogs bark at night.", "rain": "Rain falls at dawn."}
    for name, text in texts.items():
        (folder / "corpora" / f"{name}.md").write_text(text)
    references = json.dumps([{"start_index": 0, "end_index": len(texts["dogs"])}])
    with (folder / "questions_df.csv").open("w", newline="") as stream:
        rows = csv.DictWriter(stream, ["question", "corpus_id", "references"])
        rows.writeheader()
        rows.writerow({"question": "When do dogs bark?", "corpus_id": "dogs", "references": references})
    first = evaluate(folder, load_settings(), no_progress, passages=1)
    both = evaluate(folder, load_settings(), no_progress, passages=2)
    assert (first.questions, first.chunks, first.recall, first.precision, first.iou) == (1, 2, 100.0, 100.0, 100.0)
    assert both.recall == 100.0
    assert both.precision == pytest.approx(100 * 19 / 38)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("question,corpus_id,references\n", "one of them has nothing in it"),
        ("question,corpus_id,references\nWhy?,dogs,[]\n", "question 1 has no excerpt"),
        ('question,corpus_id,references\nWhy?,dogs,"[{""start_index"": 3, ""end_index"": 3}]"\n', "question 1 has no"),
        ("question,corpus_id,references\nWhy?,dogs\n", "needs corpora"),
    ],
)
def test_a_question_without_excerpts_is_refused_before_anything_is_indexed(
    tmp_path: Path, rows: str, message: str
) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "dogs.md").write_text("Dogs bark.")
    (tmp_path / "questions_df.csv").write_text(rows)
    with pytest.raises(EvaluationError, match=message):
        read_excerpts(tmp_path)
