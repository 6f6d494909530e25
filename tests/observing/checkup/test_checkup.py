"""One report has everything."""

from pathlib import Path

from observing.checkup.checkup import findings
from rag.settings import load_settings


def test_a_report_has_every_part_and_advice_wherever_something_is_to_be_done(tmp_path: Path) -> None:
    found = list(findings(load_settings(library=tmp_path / "library", models=tmp_path)))
    assert {"versions", "processor", "engine", "memory", "library", "models", "time", "model", "settings"} <= {
        each.about for each in found
    }
    assert all(each.advice for each in found if each.state != "fine")
