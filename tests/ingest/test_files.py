"""Files are identified, checked and hashed."""

import os
from pathlib import Path

import pytest

from ingest.files import File, path_of


@pytest.mark.parametrize("name", ["a.txt", "wow!/a.txt", "a\\xff.txt", os.fsdecode(b"\xff.txt")])
def test_a_source_leads_back_to_its_file(tmp_path: Path, name: str) -> None:
    assert path_of(File.at(tmp_path / name).source) == tmp_path / name


def test_the_source_of_a_member_leads_to_its_archive() -> None:
    assert path_of("/wow!/a.zip!/deep!/b.txt") == Path("/wow!/a.zip")
