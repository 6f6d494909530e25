"""Numbers that a word beside them makes negative."""

import pytest

from rag.grounding.claim import lowered_numbers
from rag.text.normalize import normalize


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a loss of 5 million dollars", {"5000000"}),
        ("sales fell by 3.5%", {"3d5"}),
        ("20 degrees below zero", {"20"}),
        ("ein Verlust von 5 Euro", {"5"}),
        ("une baisse de 5 %", {"5"}),
        ("una caída de 5 euros", {"5"}),
        ("the profit fell to 5 million", set()),
        ("a profit of 5 million", set()),
    ],
)
def test_a_loss_lowers_the_number_beside_it(text: str, numbers: set[str]) -> None:
    assert lowered_numbers(normalize(text)) == numbers
