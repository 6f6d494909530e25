"""Each lock has all that pyproject.toml asks for, in allowed versions, by hash, and not a word of where it is from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = sorted((ROOT / "requirements").glob("lock-*.txt"))
LINE = re.compile(r"([a-z0-9-]+)==([^ ;]+) --hash=sha256:[0-9a-f]{64}")


@pytest.fixture(params=LOCKS, ids=lambda path: path.stem)
def locked(request: pytest.FixtureRequest) -> dict[str, str]:
    lines = [line for line in Path(request.param).read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    return {line.partition("==")[0]: line.partition("==")[2].split()[0] for line in lines}


def test_there_is_a_lock_for_the_container() -> None:
    recipe = (ROOT / "deploy" / "Containerfile").read_text()
    (name,) = re.findall(r"requirements/(lock-\S+\.txt)", recipe)
    assert name in [path.name for path in LOCKS]
    assert recipe.count(f"python:3.{name.split('-py3')[1].split('.')[0]}-slim") == 2
    assert "--require-hashes" in recipe


def test_a_lock_has_every_dependency_in_a_version_that_is_allowed(locked: dict[str, str]) -> None:
    for line in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["traces"]):
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[wanted.name.lower()], prereleases=True), line


def test_a_lock_has_the_versions_with_which_ci_was_green(locked: dict[str, str]) -> None:
    constraints = (ROOT / "constraints.txt").read_text().lower().replace("_", "-")
    pinned = {name: version.split("+")[0] for name, version in locked.items()}
    differing = {n: v for n, v in pinned.items() if f"\n{n}==" in constraints and f"\n{n}=={v}" not in constraints}
    assert differing == {}


def test_no_dependency_is_open_to_a_version_that_changes_everything() -> None:
    """The web server's parts are bounded below, where faults were mended; cryptography above: it breaks by majors."""
    bounds = {each.name: str(each.specifier) for each in map(Requirement, PROJECT["dependencies"])}
    assert all(">=" in bounds[name] for name in ("starlette", "uvicorn", "h11", "python-multipart", "fastapi"))
    assert all("<" in bound for bound in bounds.values())
