"""The coefficients of the confidence are fitted on recorded answers, right and wrong ones."""

import json
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from rag.settings import load_settings
from tests.support.labels.labelled_sets import MISSED, SEEN, QuestionGenerator, ask_all, services_with, write_cases

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")

from evaluation.fitting.calibration import calibrate


def recorded(folder: Path, each: int = 12) -> Path:
    """Return a file of so many right and so many wrong answers, twelve of each if nothing is said."""
    scripts = {"When do dogs bark?": "Dogs bark at night.", "Where do dogs bark?": "Cats sleep on the sofa."}
    cases = [{**case, "id": f"{case['id']}{n}"} for n in range(each) for case in (SEEN, MISSED)]
    out = folder / "records.jsonl"
    ask_all(write_cases(folder / "cases.jsonl", *cases), services_with(QuestionGenerator(scripts)), out=out)
    return out


def test_the_coefficients_are_fitted_on_what_was_recorded(tmp_path: Path) -> None:
    result = calibrate([recorded(tmp_path)], load_settings())
    assert (result.cases, result.right) == (24, 12)
    assert set(result.coefficients) == {"bias", "answerable", "least_log_prob", "asked", "support"}


def test_nothing_is_fitted_on_right_answers_only(tmp_path: Path) -> None:
    only_right = tmp_path / "right.jsonl"
    lines = recorded(tmp_path).read_text().splitlines()
    only_right.write_text("".join(f"{line}\n" for line in lines if json.loads(line)["id"].startswith("seen")))
    with pytest.raises(EvaluationError, match="there must be right and wrong answers"):
        calibrate([only_right], load_settings())


def test_a_few_answers_of_each_kind_are_enough_and_one_is_not(tmp_path: Path) -> None:
    for each in (2, 3):
        (folder := tmp_path / str(each)).mkdir()
        assert calibrate([recorded(folder, each)], load_settings()).cases == 2 * each
    (folder := tmp_path / "one").mkdir()
    with pytest.raises(EvaluationError, match="2 of each or more"):
        calibrate([recorded(folder, 1)], load_settings())
