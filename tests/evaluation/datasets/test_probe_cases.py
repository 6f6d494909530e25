"""Cases that a probe is fitted on: answerable and not, from passages that no measured case has."""

from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets.cases import Case
from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.labelled_set import read_set
from evaluation.datasets.probe_cases import retrieval_cases
from evaluation.datasets.squad2 import held_out, read
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


def test_articles_kept_for_measuring_are_not_among_the_cases_a_probe_is_fitted_on(squad2: Path) -> None:
    measured = {c.passages[0].title for c in convert("squad2", squad2, ConversionOptions(held_out=True))}
    fitted = {c.passages[0].title for c in convert("probe-squad2", squad2, ConversionOptions())}
    assert measured == held_out(read(squad2)[0]) == {"Steam", "Parliament"}
    assert fitted == set(ARTICLES) - measured


def test_the_questions_of_a_paragraph_share_its_passages_and_come_with_other_requests(squad2: Path) -> None:
    cases = convert("probe-squad2", squad2, ConversionOptions(limit=5, seed=4))
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.id.rsplit("-", 1)[0], []).append(case)
    for group in groups.values():
        assert len({case.passages for case in group}) == 1
        assert len(group) == 2 + 6
        assert sum(case.answerable is True for case in group) == 1 + 3
    assert cases == convert("probe-squad2", squad2, ConversionOptions(limit=5, seed=4))
    assert cases != convert("probe-squad2", squad2, ConversionOptions(limit=5, seed=5))


def test_a_retrieval_sets_question_is_shown_with_its_passage_and_without(tmp_path: Path) -> None:
    texts = {"a": "Dogs bark.", "b": "Dogs sleep.", "c": "Dogs eat.", "d": "Cats purr."}
    write_rows(tmp_path / "corpus.jsonl", [{"_id": id_, "title": "", "text": text} for id_, text in texts.items()])
    write_rows(tmp_path / "queries.jsonl", [{"_id": "q", "text": "What do dogs bark at?"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    with_it, without = retrieval_cases(read_set(tmp_path), None, 0)
    texts_shown = [{passage.text for passage in case.passages} for case in (with_it, without)]
    assert (with_it.answerable, without.answerable) == (True, False)
    assert [("Dogs bark." in texts, len(texts)) for texts in texts_shown] == [(True, 3), (False, 3)]
