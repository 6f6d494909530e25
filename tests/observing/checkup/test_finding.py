"""A finding is what `--json` prints of it."""

from dataclasses import asdict

from observing.checkup.finding import Finding


def test_a_finding_without_advice_has_none() -> None:
    assert asdict(Finding("time", "fine", "noon")) == {"about": "time", "state": "fine", "text": "noon", "advice": ""}
