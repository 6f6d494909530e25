"""Text that commands print reads as it was written, and does not act upon a terminal."""

import pytest
from rich.text import Text

from cli import output


@pytest.mark.parametrize("text", ["[red]x[/]", ":heart: of it", "C:\\[x]", "x[0] = y[1]"])
def test_what_is_shown_reads_as_it_was_written(text: str) -> None:
    assert Text.from_markup(output.printable(text), emoji=False).plain == text
