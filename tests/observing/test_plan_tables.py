"""The tables of docs/scaling.md are what the code computes, from figures that stand in the history of results."""

from tests.observing.scaling_tables import all_figures, scaling_tables
from tests.support.paths import ROOT


def test_the_documentation_has_the_tables_as_they_are_computed() -> None:
    text = (ROOT / "docs" / "scaling.md").read_text()
    shown = text.split("<!-- plan -->\n")[1].split("\n<!-- /plan -->")[0]
    assert shown == scaling_tables(), "put there what `python -m tests.observing.scaling_tables` prints"


def test_a_figure_names_one_line_of_the_history() -> None:
    history = (ROOT / "benchmarks" / "history" / "2026.md").read_text().splitlines()
    for name, figure in all_figures().items():
        assert figure.value > 0, name
        assert sum(figure.line in line for line in history) == 1, figure.line
