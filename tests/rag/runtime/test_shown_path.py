"""A path is written with the home folder as "~", and whole where there is none."""

from pathlib import Path

import pytest

from rag.runtime.shown_path import shown


def test_the_home_folder_is_not_named() -> None:
    assert shown(Path.home() / "papers") == "~/papers"


def test_a_path_elsewhere_and_one_of_a_user_without_a_home_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(tmp_path) == str(tmp_path)

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert shown(Path("papers")) == str(Path.cwd() / "papers")
