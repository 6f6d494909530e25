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


def test_lines_keep_to_the_width_of_the_terminal(towers: Path) -> None:
    towers.write_text("The Eiffel tower is 330 metres high, " + "and the Fernsehturm is 368 metres high " * 4)
    with in_terminal(towers, "ask", QUESTION, columns=40) as terminal:
        assert terminal.end() == 0
    answer = plain(terminal.raw.rpartition("\x1b[2K")[2]).partition("Sources")[0]
    assert 30 < max(len(line.rstrip()) for line in answer.splitlines()) <= 40


def test_hostile_text_does_not_act_upon_the_terminal(towers: Path) -> None:
    towers.write_text("The Fernsehturm is 368 metres high. \x1b]0;owned\x07\x1b[2J [x](http://evil.example)")
    with in_terminal(towers, "ask", QUESTION) as terminal:
        assert terminal.end() == 0
    assert "\x1b]0" not in terminal.raw
    assert "\x1b[2J" not in terminal.raw
    assert not re.search(r"\x1b\]8;[^\x1b]*evil", terminal.raw)


@pytest.mark.usefixtures("scripted")
def test_a_pipe_and_a_terminal_that_cannot_draw_get_the_text_as_it_is(towers: Path) -> None:
    piped = run_citewell("ask", QUESTION)
    assert piped.returncode == 0
    assert piped.stdout.startswith(towers.read_text() + "\nSources\n")
    with in_terminal(towers, "ask", QUESTION, TERM="dumb") as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    assert "| Eiffel | 330 m |" in terminal.text
