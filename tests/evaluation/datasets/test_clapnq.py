"""CLAP NQ: long answers, and distractors on other topics."""

from pathlib import Path
from typing import Any

from evaluation.datasets.conversion import ConversionOptions, convert
from tests.support.labels.labelled_sets import gold_texts, write_rows


def test_clap_nq_has_long_answers_and_distractors_on_something_else(tmp_path: Path) -> None:
    def row(id_: str, question: str, title: str, text: str, *answers: str) -> dict[str, Any]:
        outputs = [{"answer": answer} for answer in answers]
        return {"id": id_, "input": question, "passages": [{"title": title, "text": text}], "output": outputs}

    seen = [
        row(
            "1", "why does bread rise", "Bread", "Yeast makes bread rise .", "Because of yeast .", "Because of yeast ."
        ),
        row("2", "what is in bread", "Bread", "Bread rises with flour .", "Flour ."),
        row("3", "why do tides rise", "Tides", "Tides rise with the moon .", "The moon ."),
    ]
    unseen = [row("4", "why does the sun rise", "Sun", "The sun does rise .", "")]
    write_rows(tmp_path / "answerable.jsonl", seen)
    write_rows(tmp_path / "unanswerable.jsonl", unseen)
    bread, _, _, sun = convert("clapnq", tmp_path, ConversionOptions())
    assert (bread.answers, bread.long, gold_texts(bread)) == (
        ("Because of yeast .",),
        True,
        ["Yeast makes bread rise ."],
    )
    assert {passage.title for passage in bread.passages} == {"Bread", "Tides", "Sun"}
    assert (sun.answerable, sun.answers, sun.long, sun.gold_passages) == (False, (), False, ())


def test_an_answer_that_is_given_twice_is_gold_once_and_without_white_space_around_it(tmp_path: Path) -> None:
    outputs = [{"answer": " The moon. "}, {"answer": "The moon."}, {"answer": ""}]
    passages = [{"title": "Tides", "text": "Tides rise with the moon."}]
    row = {"id": "1", "input": " why do tides rise ", "passages": passages, "output": outputs}
    write_rows(tmp_path / "answerable.jsonl", [row])
    write_rows(tmp_path / "unanswerable.jsonl", [])
    (case,) = convert("clapnq", tmp_path, ConversionOptions())
    assert (case.question, case.answers, case.gold_passages) == ("why do tides rise", ("The moon.",), (0,))
