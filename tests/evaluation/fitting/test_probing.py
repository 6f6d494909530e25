"""Fitting what decides about refusals: cases for a probe, the probe itself, the coefficients of the confidence."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.datasets import probe_cases as converter
from evaluation.datasets.beir import EvaluationError, read_set
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.conversion import Conversion, convert
from evaluation.datasets.squad2 import held_out, read
from evaluation.fitting.calibration import calibrate
from evaluation.fitting.probing import choose, fit_probe, read_states
from rag.generation.answerability_probe import load_probe
from rag.generation.generator import LocalGenerator
from rag.settings import load_settings
from tests.evaluation.answers.test_ask_cases import MISSED, SEEN, UNSEEN, Answering, ask, write
from tests.evaluation.answers.test_ask_cases import _services as services_of
from tests.evaluation.datasets.test_conversion import write_rows

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")

ARTICLES = ("Normans", "Packets", "Steam", "Huguenots", "Oil", "Parliament")


@pytest.fixture
def squad2(tmp_path: Path) -> Path:
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
    write_rows(tmp_path / "squad2" / "contexts.jsonl", contexts)
    write_rows(tmp_path / "squad2" / "questions.jsonl", questions)
    return tmp_path / "squad2"


def test_articles_kept_for_measuring_are_not_among_the_cases_a_probe_is_fitted_on(squad2: Path) -> None:
    measured = {c.passages[0].title for c in convert("squad2", squad2, Conversion(held_out=True))}
    fitted = {c.passages[0].title for c in convert("probe-squad2", squad2, Conversion())}
    assert measured == held_out(read(squad2)[0]) == {"Steam", "Parliament"}
    assert fitted == set(ARTICLES) - measured


def test_the_questions_of_a_paragraph_share_its_passages_and_come_with_other_requests(squad2: Path) -> None:
    cases = convert("probe-squad2", squad2, Conversion(limit=5, seed=4))
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.id.rsplit("-", 1)[0], []).append(case)
    for group in groups.values():
        assert len({case.passages for case in group}) == 1
        assert len(group) == 2 + 6
        assert sum(case.answerable is True for case in group) == 1 + 3
    assert cases == convert("probe-squad2", squad2, Conversion(limit=5, seed=4))
    assert cases != convert("probe-squad2", squad2, Conversion(limit=5, seed=5))


def test_a_retrieval_sets_question_is_shown_with_its_passage_and_without(tmp_path: Path) -> None:
    texts = {"a": "Dogs bark.", "b": "Dogs sleep.", "c": "Dogs eat.", "d": "Cats purr."}
    write_rows(tmp_path / "corpus.jsonl", [{"_id": id_, "title": "", "text": text} for id_, text in texts.items()])
    write_rows(tmp_path / "queries.jsonl", [{"_id": "q", "text": "What do dogs bark at?"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    with_it, without = converter.of_retrieval(read_set(tmp_path), None, 0)
    shown = [{passage.text for passage in case.passages} for case in (with_it, without)]
    assert (with_it.answerable, without.answerable) == (True, False)
    assert [("Dogs bark." in texts, len(texts)) for texts in shown] == [(True, 3), (False, 3)]


def test_the_layer_that_tells_is_chosen_and_its_log_odds_are_those_of_documents_left_out() -> None:
    random = np.random.default_rng(0)
    labels = random.random(400) < 0.5
    states = random.normal(size=(400, 3, 16)).astype(np.float32)
    states[:, 1, 5] += np.where(labels, 1.5, -1.5)
    groups = [f"document {index % 8}" for index in range(400)]
    fit, direction = choose(states, labels, groups, [7, 8, 9])
    assert fit.layer == 8
    assert fit.auc > 0.95 > max(fit.by_layer[7], fit.by_layer[9])
    odds = states[:, 1] @ direction.weights + direction.bias
    assert np.mean((odds > 0) == labels) > 0.9
    sure = np.abs(odds) > 2  # odds of at least seven to one
    assert np.mean((odds > 0)[sure] == labels[sure]) > 0.85


def test_cases_that_do_not_say_whether_they_can_be_answered_are_not_fitted_on(tmp_path: Path) -> None:
    file = write(tmp_path / "cases.jsonl", {**UNSEEN, "answerable": None})
    with pytest.raises(EvaluationError, match=r"Case 'unseen' cannot be used: it needs passages, and 'answerable'"):
        fit_probe([file], None, tmp_path / "out.safetensors", lambda *_: None)  # type: ignore[arg-type]  # not reached


@pytest.mark.model
def test_a_probe_of_the_tiny_model_is_fitted_written_and_read(tiny: LocalGenerator, tmp_path: Path) -> None:
    def cases(title: str, facts: Sequence[str]) -> list[dict[str, Any]]:
        passages = [{"title": title, "text": f"The {fact} of {title} is old."} for fact in facts]
        asked = [*((fact, True) for fact in facts), ("weather on Mars", False), ("price of tea", False)]
        return [
            {"id": f"{title}-{what}", "question": f"How old is the {what}?", "passages": passages, "answerable": known}
            for what, known in asked
        ]

    file = write(
        tmp_path / "cases.jsonl",
        *(case for title in ("Rome", "Paris", "Oslo", "Bonn", "Lima") for case in cases(title, ["bridge", "tower"])),
    )
    out = tmp_path / "tiny.safetensors"
    fit = fit_probe([file], tiny, out, lambda *_: None)
    assert (fit.cases, fit.answerable) == (20, 10)
    probe = load_probe(out, tiny.model.config.hidden_size)
    assert probe is not None
    assert probe.layer == fit.layer
    known, unknown = (
        Case(
            id="x",
            question=f"How old is the {what}?",
            passages=(GivenPassage("The bridge of Rome is old.", "Rome"),),
        )
        for what in ("bridge", "price of tea")
    )
    states = read_states([known, unknown], tiny, [probe.layer], lambda *_: None)
    odds = [probe.log_odds(tiny_state) for tiny_state in map(_tensor, states[:, 0])]
    assert odds[0] > odds[1]


def _tensor(values: Any) -> Any:
    import torch

    return torch.from_numpy(values)


def test_the_coefficients_are_fitted_on_what_was_recorded(tmp_path: Path) -> None:
    scripts = {SEEN["question"]: "Dogs bark at night.", MISSED["question"]: "Cats sleep on the sofa."}
    cases = [{**case, "id": f"{case['id']}{n}"} for n in range(12) for case in (SEEN, MISSED)]
    out = tmp_path / "records.jsonl"
    ask(write(tmp_path / "cases.jsonl", *cases), services_of(Answering(scripts)), out=out)  # type: ignore[arg-type]
    result = calibrate([out], load_settings())
    assert (result.cases, result.right) == (24, 12)
    assert set(result.coefficients) == {"bias", "answerable", "least_log_prob", "asked", "support"}
    only_right = tmp_path / "right.jsonl"
    lines = out.read_text().splitlines()
    only_right.write_text("".join(f"{line}\n" for line in lines if json.loads(line)["id"].startswith("seen")))
    with pytest.raises(EvaluationError, match="there must be right and wrong answers"):
        calibrate([only_right], load_settings())
