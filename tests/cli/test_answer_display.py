"""Answers while they are written, in a real terminal and in a pipe."""

import re
from pathlib import Path

import pytest

from tests.cli.terminal import in_terminal, plain
from tests.support.commands import run_citewell

QUESTION = "How high are the Eiffel tower and the Fernsehturm?"


def test_an_answer_is_drawn_with_its_table_and_links_to_its_sources(towers: Path) -> None:
    with in_terminal(towers, "ask", QUESTION, pause=0.06) as terminal:
        assert terminal.end() == 0
    shown = terminal.raw.rpartition("\x1b[2K")[2]  # the last drawing is erased, and its block printed for good
    assert "| Tower |" not in shown
    assert re.search(r"Eiffel +330 m", plain(shown))
    assert "• The Fernsehturm is 368 metres high. [" in plain(shown)
    assert re.search(rf"\x1b\]8;id=\d+;{re.escape((towers.parent / 'turm.md').as_uri())}\x1b\\", shown)
    assert terminal.raw.rindex("\x1b[?25h") > terminal.raw.rindex("\x1b[?25l"), "the cursor is shown again"


def test_a_long_answer_scrolls_and_each_finished_block_is_printed_once(towers: Path) -> None:
    towers.write_text("\n\n".join(f"The Eiffel tower number {number} is high." for number in range(30)))
    with in_terminal(towers, "ask", QUESTION, lines=10) as terminal:
        assert terminal.end() == 0
    assert [number for number in range(30) if f"number {number} is" not in terminal.text] == []
    redrawn = re.findall(r"(?:\x1b\[1A\x1b\[2K)+", terminal.raw)
    assert max(map(len, redrawn)) // len("\x1b[1A\x1b[2K") < 10, "nothing above the screen is redrawn"


@pytest.mark.usefixtures("scripted")
def test_a_pipe_and_a_terminal_that_cannot_draw_get_the_text_as_it_is(towers: Path) -> None:
    piped = run_citewell("ask", QUESTION)
    assert piped.returncode == 0
    assert piped.stdout.startswith(towers.read_text() + "\nSources\n")
    with in_terminal(towers, "ask", QUESTION, TERM="dumb") as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    assert "| Eiffel | 330 m |" in terminal.text
