"""Converted cases are read back as they were, and what cannot be converted is a clear error."""

from pathlib import Path

import pytest

from evaluation.datasets.cases import read_cases, write_cases
from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.labelled_set import EvaluationError
from tests.support.labels.labelled_sets import write_bipia, write_squad2


def test_converted_cases_are_read_back_as_they_were(tmp_path: Path) -> None:
    squad2, bipia = write_squad2(tmp_path / "squad2"), write_bipia(tmp_path)
    for name, folder in (("squad2", squad2), ("bipia", bipia)):
        cases = convert(name, folder, ConversionOptions())
        write_cases(tmp_path / "cases.jsonl", cases)
        assert list(read_cases(tmp_path / "cases.jsonl")) == cases


def test_a_wrong_name_or_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"There is no set 'squad'\. There are squad2, clapnq"):
        convert("squad", tmp_path, ConversionOptions())
    with pytest.raises(EvaluationError, match=r"does not hold the set 'clapnq' \(.*: no such file or directory\)"):
        convert("clapnq", tmp_path, ConversionOptions())
    with pytest.raises(EvaluationError, match="--clean goes with bipia, notinject, dictated"):
        convert("clapnq", tmp_path, ConversionOptions(clean=True))
    with pytest.raises(EvaluationError, match="--held-out goes with squad2"):
        convert("clapnq", tmp_path, ConversionOptions(held_out=True))
    with pytest.raises(EvaluationError, match="--all-reports goes with financebench"):
        convert("clapnq", tmp_path, ConversionOptions(all_reports=True))
