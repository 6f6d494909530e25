"""The sums of a converted model's files: all files count but the record that is filled later."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.catalog import ENGINE_RECORD
from rag.models.converted_sums import SUMS, verify_sums, write_sums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1_Pooling").mkdir()
    for name in ("weights", "1_Pooling/config.json", ENGINE_RECORD):
        (tmp_path / name).write_text("{}")
    write_sums(tmp_path)
    return tmp_path


def test_files_that_stayed_as_they_were_match(folder: Path) -> None:
    (folder / ENGINE_RECORD).write_text('{"engine": "found later"}')
    steps: list[str] = []
    assert verify_sums(folder, lambda task, *_: steps.append(task))
    assert steps == [f"checking {folder.name}/{name}" for name in ("1_Pooling/config.json", "weights")]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "1_Pooling/config.json").unlink()
    with pytest.raises(ModelError, match=r"1_Pooling/config\.json has changed .*, or cannot be read"):
        verify_sums(folder)


@pytest.mark.parametrize("content", ["", "[1]", "[" * 100_000, '{"weights": 1}'])
def test_damaged_sums_are_no_proof(content: str, folder: Path) -> None:
    (folder / SUMS).write_text(content)
    with pytest.raises(ModelError, match="has changed"):
        verify_sums(folder)
