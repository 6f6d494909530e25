"""Cases of SQuAD 2.0 that a probe is fitted on: answerable and not, from articles that are not held out."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.cases import Case
from evaluation.probe_cases import articles_held_out, read_squad2, squad2_probe_cases
from tests.support.labels.labelled_sets import write_rows

ARTICLES = ("Normans", "Packets", "Steam", "Huguenots", "Oil", "Parliament")


@pytest.fixture
def squad2(tmp_path: Path) -> Path:
    return write_squad2(tmp_path / "squad2")


def write_squad2(folder: Path) -> Path:
    """Write a small set in the form of SQuAD 2.0, and return its folder."""
    contexts: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for title in ARTICLES:
        for number in range(3):
            id_ = f"{title}{number}"
            contexts.append({"_id": id_, "title": title, "text": f"{title} fact {number}."})
            questions += [
                {
                    "_id": f"{id_}-{bad}",
                    "question": f"Which {title} {bad}?",
                    "context_id": id_,
                    "is_impossible": bad,
                    "answers": [],
                }
                for bad in (False, True)
            ]
    write_rows(folder / "contexts.jsonl", contexts)
    write_rows(folder / "questions.jsonl", questions)
    return folder


def test_articles_that_are_held_out_are_not_among_the_cases(squad2: Path) -> None:
    held_out = articles_held_out(read_squad2(squad2)[0])
    assert held_out == {"Steam", "Parliament"}
    assert {case.passages[0].title for case in squad2_probe_cases(squad2, None, 0)} == set(ARTICLES) - held_out


def test_the_questions_of_a_paragraph_share_its_passages_and_come_with_other_requests(squad2: Path) -> None:
    cases = squad2_probe_cases(squad2, 5, 4)
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.id.rsplit("-", 1)[0], []).append(case)
    for group in groups.values():
        assert len({case.passages for case in group}) == 1
        assert len(group) == 2 + 6
        assert sum(case.answerable is True for case in group) == 1 + 3
    assert cases == squad2_probe_cases(squad2, 5, 4)
    assert cases != squad2_probe_cases(squad2, 5, 5)
