"""The source archive is the same to the byte wherever and whenever it is made (`make archive`)."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT


def build(source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(target)]
    subprocess.run(command, cwd=source, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    (archive,) = target.glob("*.tar.gz")
    return archive


@pytest.mark.slow
def test_two_archives_are_the_same(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    if not listed:
        pytest.skip("not a git checkout")
    for name in ("one", "another"):
        for file in filter(None, listed.split("\0")):
            if (ROOT / file).is_file():
                (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, tmp_path / name / file)  # its own times
    first, second = (build(tmp_path / name, tmp_path / f"{name}-built") for name in ("one", "another"))
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"pyproject.toml", "LICENSE", "rag/assistant.py"} <= set(names)
    assert not [name for name in names if name.startswith(("data/library", "data/models", ".venv"))]
