"""Cases are read strictly: whatever is wrong with one is said with its line."""

from pathlib import Path

import pytest

from evaluation.cases import case_from_json, case_json, read_cases
from evaluation.set_files import EvaluationError


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: Invalid JSON"),
        (
            '{"id": "x", "question": "?", "answer": "a"}',
            "line 2: answer: Unexpected.*fields are id, question, passages",
        ),
        ('{"id": "x", "question": " "}', "line 2: the id or the question is empty"),
        ('{"id": "first", "question": "?"}', "line 2: the id 'first' is used by an earlier line"),
        (
            '{"id": "x", "question": "?", "passages": [{"text": "a"}], "gold_passages": [1]}',
            "indices of the 1 passages",
        ),
        ('{"id": "x", "question": "?", "documents": ["gone.md"]}', "line 2: there is no document .*gone.md"),
        ('{"id": "x", "question": "?", "key_points": [["a"], []]}', "line 2: a key point needs one alternative"),
        ('{"id": "x", "question": "?", "key_points": [["a"]], "answerable": false}', "it has key points, but"),
        (
            '{"id": "x", "question": "?", "answers": ["a"], "answerable": false}',
            "answers, but 'answerable' is false",
        ),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f'{{"id": "first", "question": "?"}}\n{line}\n')
    with pytest.raises(EvaluationError, match=message):
        read_cases(path)


def test_a_file_without_cases_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_cases(tmp_path / "gone.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(EvaluationError, match="has no cases"):
        read_cases(tmp_path / "empty.jsonl")


def test_gold_pages_are_pairs_or_say_what_is_what_and_key_points_make_a_question_answerable(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"id": "1", "question": "?", "gold_pages": [["a.pdf", 2], {"document": "b.pdf", "page": 3}]}\n'
        '{"id": "2", "question": "?", "key_points": [["a", "b"]], "wrong": ["c"], "kind": "list", "language": "de"}\n'
        '{"id": "3", "question": "?", "key_points": [], "answerable": false, "kind": "unanswerable", "note": "n"}\n'
    )
    paged, pointed, unanswerable = read_cases(path)
    assert paged.gold_pages == (("a.pdf", 2), ("b.pdf", 3))
    assert (pointed.key_points, pointed.wrong, pointed.can_be_answered) == ((("a", "b"),), ("c",), True)
    assert [case.is_graded for case in (paged, pointed, unanswerable)] == [False, True, True]
    assert all(case_from_json(case_json(case)) == case for case in (paged, pointed, unanswerable))
