"""Every measured figure stands in the history of results."""

import pytest

from observing.capacity.measured_figures import Figure, all_figures
from tests.support.paths import ROOT

HISTORY = (ROOT / "benchmarks" / "history" / "2026.md").read_text()


@pytest.mark.parametrize(("name", "figure"), all_figures().items(), ids=all_figures().keys())
def test_a_figure_names_one_line_of_the_history(name: str, figure: Figure) -> None:
    assert figure.value > 0, name
    assert sum(figure.line in line for line in HISTORY.splitlines()) == 1, figure.line
