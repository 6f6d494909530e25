"""`citewell doctor` is a page for people, JSON for programs, and exit code 1 for what cannot work."""

import json
from pathlib import Path

from tests.support.commands import run_citewell


def test_a_report_is_a_page_or_json_and_changes_nothing(tmp_path: Path) -> None:
    places = {"CITEWELL_MODELS": str(tmp_path / "models"), "CITEWELL_LIBRARY": str(tmp_path / "library")}
    page = run_citewell("doctor", **places)
    assert page.returncode == 0
    assert "citewell models fetch" in page.stdout
    found = json.loads(run_citewell("doctor", "--json", **places).stdout)
    assert {"about", "state", "text", "advice"} == set(found[0])
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_library_ends_with_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.sqlite").write_bytes(b"no database" * 500)
    page = run_citewell("doctor", "--library", str(tmp_path / "library"))
    assert page.returncode == 1
    assert "is damaged" in page.stdout
