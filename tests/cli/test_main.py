"""The `citewell` command as its user meets it: its output and its exit code, and what it loads for them."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import QuestionError
from rag.settings import program_version
from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Page
from tests.cli.stored_documents import new_document, store
from tests.support.commands import run_citewell
from tests.support.kept_answers import exchange
from tests.support.paths import ROOT

HEAVY = {"torch", "transformers", "sentence_transformers", "gradio", "faiss"}


def python(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def exported(tmp_path: Path) -> None:
    """Put a document into the library, and an answer from it into `talk.json`."""
    page = Page(number=2, label="ii", text="     The fee is 20 euros.")
    store(tmp_path / "library", new_document("1.pdf", sha256="sha of 1"), page)
    with closing(SqlConversations(Database(tmp_path / "library", embedder="minilm"))) as conversations:
        id_ = conversations.create("").id
        conversations.add(id_, "", exchange(1).record)
    assert run_citewell("conversations", "export", id_, "--format", "json", "--out", "talk.json").returncode == 0


LIGHT = """
import sys
from cli.main import main
for command in ("library list", "users list", "verify talk.json"):
    sys.argv[1:] = command.split()
    try:
        main()
    except SystemExit:
        print(f"{command}:", *HEAVY & set(sys.modules))
"""


@pytest.mark.usefixtures("users", "exported")
def test_what_needs_no_model_loads_nothing_heavy(tmp_path: Path) -> None:
    """A process of its own is needed: here all is imported already."""
    auth_file = str(tmp_path / "users.json")
    result = python("-c", f"HEAVY = {HEAVY}{LIGHT}", CITEWELL_AUTH_FILE=auth_file)
    for said in ("1.pdf", "ann (owner)", "document-removed  2.pdf"):
        assert said in result.stdout, result.stderr[-2000:]
    assert re.findall(r"^(\w+ [\w.]+):(.*)", result.stdout, re.MULTILINE) == [
        ("library list", ""),
        ("users list", ""),
        ("verify talk.json", ""),
    ]


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
            ("bench", "generation", "--against", "nonsense"),
            {},
            "'nonsense' is not known here. Use --against",
        ),
        (("users", "list"), {}, "Name the auth file: --auth-file FILE"),
        (("serve", "--host", "0.0.0.0"), {}, "does not listen on '0.0.0.0' without a sign-in"),  # noqa: S104  refused
        (("serve",), {"OTEL_TRACES_EXPORTER": "zipkin"}, "by OTLP only, and OTEL_TRACES_EXPORTER is 'zipkin'"),
        (("plan", "--pages", "0", "--users", "5"), {}, "--pages must be 1 or more"),
        (("jobs", "list"), {}, "There is no queue"),
        (("worker",), {}, "one server, which ingests its uploads itself. For several servers and workers, set"),
        (("eval", "retrieval", "nothing"), {}, "nothing has no corpus.jsonl or .tsv, as sets in BEIR's layout have."),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_1(
    arguments: tuple[str, ...], environment: dict[str, str], message: str
) -> None:
    result = run_citewell(*arguments, **environment)
    assert result.returncode == 1
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr + result.stdout
    assert "loading" not in result.stderr, "no model is loaded for it"


def test_the_program_has_the_sentence_on_standard_error_and_the_exit_code() -> None:
    result = python("-m", "cli", "library", "remove", "7")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: No document has id 7")


def test_help_shows_what_is_in_brackets() -> None:
    assert ".[eval]" in run_citewell("eval", "--help").stdout


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
        (RuntimeError("a defect"), 70, "something unexpected went wrong: RuntimeError: a defect."),
    ],
)
def test_whatever_else_ends_a_command_has_its_exit_code(
    error: BaseException, code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(SqliteLibrary, "__init__", fail)
    result = run_citewell("library", "list")
    assert result.returncode == code
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr + result.stdout


def test_with_debug_an_error_keeps_its_traceback() -> None:
    with pytest.raises(QuestionError, match="Nothing to ask yet"):
        run_citewell("--debug", "ask", "anything?")


def test_the_version_is_told() -> None:
    result = run_citewell("--version")
    assert (result.returncode, result.stdout) == (0, f"citewell {program_version()}\n")
