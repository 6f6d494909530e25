"""Every measured figure stands in the file of results."""

import pytest

from observing.capacity.measured_figures import Figure, all_figures
from tests.support.paths import ROOT

RESULTS = (ROOT / "benchmarks" / "RESULTS.md").read_text()


@pytest.mark.parametrize(("name", "figure"), all_figures().items(), ids=all_figures().keys())
def test_a_figure_names_one_line_of_the_results(name: str, figure: Figure) -> None:
    assert figure.value > 0, name
    assert sum(figure.line in line for line in RESULTS.splitlines()) == 1, figure.line
