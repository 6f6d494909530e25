"""RGB: snippets that answer among others, near misses, and a false one beside a true one."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.labelled_set import EvaluationError
from tests.support.labels.labelled_sets import gold_texts, write_rows


def row(number: int, answer: Any, negative: int) -> dict[str, Any]:
    return {
        "id": number,
        "query": f"Who won cup {number}? ",
        "answer": answer,
        "positive": [f"Ada won cup {number}.", f"Cup {number} went to Ada.", "Ada again."],
        "positive_wrong": [f"Lex won cup {number}.", f"Cup {number} went to Lex."],
        "negative": [f"Cup {number} is {n} years old." for n in range(negative)],
    }


def test_a_question_has_a_case_with_answers_and_one_without(tmp_path: Path) -> None:
    write_rows(tmp_path / "en_fact.json", [row(0, "Ada", 6), row(1, [["Ada", "Ada B."]], 4)])
    first, second, near = convert("rgb", tmp_path, ConversionOptions())
    assert (first.question, first.answers, first.answerable) == ("Who won cup 0?", ("Ada",), True)
    assert sorted(gold_texts(first)) == ["Ada won cup 0.", "Cup 0 went to Ada."]
    assert len(first.passages) == 5
    assert second.answers == ("Ada", "Ada B.")
    assert (near.id, near.answerable, near.answers, len(near.passages)) == ("rgb-0-near", False, (), 5)


def test_a_contradiction_has_a_true_and_a_false_snippet(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "en_fact.dev.json.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row(0, "Ada", 6)) + "\n")
    (case,) = convert("rgb-contradictions", tmp_path, ConversionOptions())
    assert gold_texts(case) == ["Ada won cup 0."]
    assert "Cup 0 went to Lex." in {passage.text for passage in case.passages}


def test_a_folder_without_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="does not hold the set 'rgb'"):
        convert("rgb", tmp_path, ConversionOptions())
