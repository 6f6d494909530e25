"""A labelled set is read with its split, and an error says why one cannot be used."""

import gzip
import json
from pathlib import Path

import pytest

from evaluation.labelled_set import read_set
from evaluation.set_files import EvaluationError

DOCUMENTS = {
    "cats": ("Cats", "Cats sleep most of the day and hunt at dawn."),
    "bread": ("Bread", "Bread is made of flour, water, salt and yeast."),
    "rates": ("", "The central bank raised interest rates by two percent."),
    "empty": ("", ""),
}
QUERIES = {"q1": "when do cats hunt", "q2": "by how much did interest rates rise", "unjudged": "anything"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "toy"
    folder.mkdir()
    rows = [json.dumps({"_id": id_, "title": title, "text": text}) for id_, (title, text) in DOCUMENTS.items()]
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    (folder / "queries.test.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in QUERIES.items()))
    (folder / "qrels.test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tcats\t1\nq2\trates\t1\nq2\tbread\t0\n")
    return folder


def test_a_set_is_read_with_its_split_and_only_judged_queries(folder: Path) -> None:
    labelled = read_set(folder, "test")
    assert [document.id for document in labelled.documents] == list(DOCUMENTS)
    assert labelled.queries.keys() == {"q1", "q2"}
    assert labelled.judgements["q2"] == {"rates": 1, "bread": 0}


def test_a_missing_file_is_named_and_the_splits_are_listed(folder: Path) -> None:
    with pytest.raises(EvaluationError, match=r"no queries\.jsonl.*splits are test: use --split"):
        read_set(folder)
    (folder / "corpus.jsonl.gz").unlink()
    with pytest.raises(EvaluationError, match="no corpus"):
        read_set(folder, "test")


def test_a_file_that_is_something_else_is_a_clear_error(folder: Path) -> None:
    (folder / "queries.test.jsonl").write_text('{"id": 1}')
    with pytest.raises(EvaluationError, match="BEIR's layout"):
        read_set(folder, "test")
