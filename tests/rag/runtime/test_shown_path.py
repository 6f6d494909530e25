"""A path is written with the home folder as "~"."""

from pathlib import Path

from rag.runtime.shown_path import shown


def test_the_home_folder_is_not_named() -> None:
    assert shown(Path.home() / "papers") == "~/papers"
