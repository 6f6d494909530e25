"""The `citewell` command as its user meets it: a process of its own, its output and its exit code."""

import pytest

from tests.support.app_process import citewell


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    result = citewell("--help")
    assert result.returncode == 0
    assert all(command in result.stdout for command in ("ingest", "ask", "serve", "models", "library"))
    heavy = citewell("--help", PYTHONPROFILEIMPORTTIME="1").stderr
    assert not any(f"{name}\n" in heavy for name in ("torch", "transformers", "gradio", "faiss"))


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (("ask", "anything?"), {}, "Nothing to ask yet"),
        (("ask", "  "), {}, "The question is empty"),
        (("ask", "x", "--temperature", "-1"), {}, "'temperature' is -1.0"),
        (("library", "list"), {"CITEWELL_COLOUR": "1"}, "Unknown setting CITEWELL_COLOUR"),
        (("models", "verify", "nonsense"), {}, "not in the catalog"),
        (("models", "fetch", "nonsense"), {}, "There is no model 'nonsense'"),
        (("library", "remove", "7"), {}, "No document has id 7"),
        (("verify", "nothing.json"), {}, "nothing.json cannot be read: No such file or directory. Make one with"),
        (
            ("eval", "pages", "nothing"),
            {},
            "nothing needs questions.jsonl, with gold pages: nothing/questions.jsonl: no such",
        ),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_1(
    arguments: tuple[str, ...], environment: dict[str, str], message: str
) -> None:
    result = citewell(*arguments, **environment)
    assert result.returncode == 1
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr + result.stdout


def test_help_shows_what_is_in_brackets() -> None:
    assert ".[eval]" in citewell("eval", "--help").stdout


def test_debug_shows_the_traceback() -> None:
    result = citewell("--debug", "ask", "anything?")
    assert result.returncode == 1
    assert "Traceback" in result.stderr
