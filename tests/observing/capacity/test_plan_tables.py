"""The tables of docs/scaling.md are what the code computes."""

from observing.capacity.plan_tables import scaling_tables
from tests.support.paths import ROOT


def test_the_documentation_has_the_tables_as_they_are_computed() -> None:
    text = (ROOT / "docs" / "scaling.md").read_text()
    shown = text.split("<!-- plan -->\n")[1].split("\n<!-- /plan -->")[0]
    assert shown == scaling_tables(), "put what `python -m observing.capacity.plan_tables` prints between the marks"
