"""A probe is fitted on cases, its layer chosen on documents left out, and written as the product reads it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from evaluation.cases import Case, GivenPassage
from evaluation.probe_cases import squad2_probe_cases
from evaluation.set_files import EvaluationError
from rag.generation.answerability_probe import load_probe
from rag.generation.generator import LocalGenerator
from rag.runtime.progress import no_progress
from tests.evaluation.test_probe_cases import write_squad2
from tests.support.labels.labelled_sets import UNSEEN, write_cases

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")

from evaluation.probing import fit_probe, messages, probe_cases, read_states, select_probe


def test_the_layer_that_tells_is_chosen_and_its_log_odds_are_those_of_documents_left_out() -> None:
    random = np.random.default_rng(0)
    labels = random.random(400) < 0.5
    states = random.normal(size=(400, 3, 16)).astype(np.float32)
    states[:, 1, 5] += np.where(labels, 1.5, -1.5)
    groups = [f"document {index % 8}" for index in range(400)]
    fit, direction = select_probe(states, labels, groups, [7, 8, 9])
    assert fit.layer == 8
    assert fit.auc > 0.95 > max(fit.by_layer[7], fit.by_layer[9])
    odds = states[:, 1] @ direction.weights + direction.bias
    assert np.mean((odds > 0) == labels) > 0.9
    sure = np.abs(odds) > 2  # odds of at least seven to one
    assert np.mean((odds > 0)[sure] == labels[sure]) > 0.85


def test_cases_that_do_not_say_whether_they_can_be_answered_are_not_fitted_on(tmp_path: Path) -> None:
    file = write_cases(tmp_path / "cases.jsonl", {**UNSEEN, "answerable": None})
    with pytest.raises(EvaluationError, match=r"Case 'unseen' cannot be used: it needs passages, and 'answerable'"):
        probe_cases([file])


def test_cases_of_one_kind_or_one_document_are_not_fitted_on(tmp_path: Path) -> None:
    for other in ({**UNSEEN, "id": "other"}, {**UNSEEN, "id": "other", "answerable": True}):
        with pytest.raises(EvaluationError, match=r"cases of both kinds, .* from 2 documents"):
            probe_cases([write_cases(tmp_path / "cases.jsonl", UNSEEN, other)])


def test_a_folder_of_squad2_is_converted_first(tmp_path: Path) -> None:
    folder = write_squad2(tmp_path / "squad2")
    assert probe_cases([folder]) == squad2_probe_cases(folder, 200, 1)
    with pytest.raises(EvaluationError, match=r"does not hold SQuAD 2\.0 \(.*: no such file or directory\)"):
        probe_cases([tmp_path])


def test_a_question_in_another_language_is_put_as_the_product_puts_it() -> None:
    passages = (GivenPassage("The bridge over the river is older than the town hall and the market.", "Rome"),)
    for language in ("de", ""):
        case = Case(id="x", question="Wie alt ist die Brücke über den Fluss?", passages=passages, language=language)
        assert "German" in messages(case)[0]["content"]
    assert "German" not in messages(Case(id="x", question="How old is the bridge?", passages=passages))[0]["content"]


@pytest.mark.model
def test_a_probe_of_the_tiny_model_is_fitted_written_and_read(tiny: LocalGenerator, tmp_path: Path) -> None:
    def cases(title: str, facts: Sequence[str]) -> list[dict[str, Any]]:
        passages = [{"title": title, "text": f"The {fact} of {title} is old."} for fact in facts]
        asked = [*((fact, True) for fact in facts), ("weather on Mars", False), ("price of tea", False)]
        return [
            {"id": f"{title}-{what}", "question": f"How old is the {what}?", "passages": passages, "answerable": known}
            for what, known in asked
        ]

    file = write_cases(
        tmp_path / "cases.jsonl",
        *(case for title in ("Rome", "Paris", "Oslo", "Bonn", "Lima") for case in cases(title, ["bridge", "tower"])),
    )
    out = tmp_path / "tiny.safetensors"
    fit = fit_probe(probe_cases([file]), tiny, out, no_progress)
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
    states = read_states([known, unknown], tiny, [probe.layer], no_progress)
    odds = [probe.log_odds(state) for state in map(torch.from_numpy, states[:, 0])]
    assert odds[0] > odds[1]
