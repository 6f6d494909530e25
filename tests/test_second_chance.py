"""The gate gives what failed one second chance, and says so."""

from pathlib import Path

import pytest

from tests.support.second_chance import run

FIRST_TIME_ONLY = """
from pathlib import Path

def test_red_by_chance():
    seen = Path(__file__).with_name("seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError("the first time")

def test_green(): ...
"""
ALWAYS = "def test_red(): assert False"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]")
    return tmp_path


def test_what_is_red_by_chance_passes_the_second_time_and_is_told(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "test_chance.py").write_text(FIRST_TIME_ONLY)
    assert run([str(folder), "--numprocesses", "2"]) == 0
    printed = capfd.readouterr().out
    assert "unstable: " in printed
    assert "test_chance.py::test_red_by_chance" in printed.splitlines()[-1]
    assert "1 passed" in printed


def test_what_is_red_twice_is_red(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_chance.py").write_text(FIRST_TIME_ONLY)
    (folder / "test_always.py").write_text(ALWAYS)
    assert run([str(folder)]) == 1
    assert "unstable" not in capfd.readouterr().out


def test_a_run_in_which_much_failed_gets_no_second_chance(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_chance.py").write_text(FIRST_TIME_ONLY)
    (folder / "test_always.py").write_text(ALWAYS)
    assert run([str(folder)], most=1) == 1
    assert "once more" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "code"),
    [("", 5), ("import no_such_module", 2)],
    ids=["no test at all", "a file that cannot be imported"],
)
def test_what_is_no_failure_of_a_test_has_no_second_chance(folder: Path, text: str, code: int) -> None:
    (folder / "test_file.py").write_text(text)
    assert run([str(folder)]) == code
