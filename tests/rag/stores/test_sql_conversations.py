"""Names of conversations, in whichever database they are; the contract suites have the rest."""

import pytest

from rag.stores.sql_conversations import _one_line


@pytest.mark.parametrize(
    ("name", "line"), [(" two\n lines\t", "two lines"), ("w" * 81, "w" * 79 + "…"), ("w" * 80, "w" * 80)]
)
def test_a_name_is_one_line_of_a_length(name: str, line: str) -> None:
    assert _one_line(name) == line
