"""`citewell chat` as its user meets it: in a real terminal, and with lines from a pipe."""

from pathlib import Path

import pytest

from tests.cli.terminal import in_terminal
from tests.support.commands import run_citewell


def test_a_conversation_is_typed_stopped_left_and_gone_on_with(towers: Path) -> None:
    long = " ".join(f"The Eiffel tower is {number} metres high." for number in range(330, 600))
    towers.write_text(long)
    with in_terminal(towers, "chat", pause=0.05) as terminal:
        terminal.wait_for_prompt(1)
        terminal.type("How high is the Eiffel tower?\r")
        terminal.wait_for("is 331 metres")
        terminal.type("\x03")
        terminal.wait_for("Stopped.")
        terminal.wait_for_prompt(2)
        terminal.type("/quote 1\r")
        terminal.wait_for_prompt(3)
        terminal.type("\x04")
        assert terminal.end() == 0
    assert terminal.text.count("[1] eiffel.md") >= 2, "below the answer, and as a quote"
    assert "\x1b]0;owned" not in terminal.raw
    towers.write_text("The Eiffel tower is 330 metres high.")
    with in_terminal(towers, "chat", "--continue") as terminal:
        terminal.wait_for_prompt(1)
        terminal.type("\x1b[A\r/quit\r")
        assert terminal.end() == 0
    assert terminal.text.count("How high is the Eiffel tower?") >= 2, "the earlier question is in the history"


@pytest.mark.usefixtures("scripted")
def test_lines_of_a_pipe_are_answered_and_one_that_fails_shows_in_the_exit_code() -> None:
    done = run_citewell("chat", typed="How high is the Eiffel tower?\nHow many metres is that tower?\n")
    assert done.returncode == 0
    assert done.stdout.count("Sources") == 2
    assert "| Eiffel | 330 m |" in done.stdout, "plain text"
    assert "\x1b" not in done.stdout
    failed = run_citewell("chat", typed="/nonsense\n")
    assert (failed.returncode, "There is no command" in failed.stderr) == (1, True)


@pytest.mark.usefixtures("scripted")
def test_what_cannot_be_gone_on_with_is_a_sentence_before_a_model_is_loaded() -> None:
    both = run_citewell("chat", "--continue", "--conversation", "x")
    assert both.returncode == 1
    assert "exclude each other" in both.stderr
    gone = run_citewell("chat", "--conversation", "x")
    assert (gone.returncode, "No conversation has id 'x'" in gone.stderr) == (1, True)
