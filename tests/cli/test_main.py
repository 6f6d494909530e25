"""The command line, as its user meets it: a process of its own, its output and its exit code."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.main import app
from ingest.pipeline import open_ingestor
from rag.errors import LibraryError
from rag.runtime.progress import Progress, no_progress
from rag.services import Services
from rag.settings import Settings
from rag.stores.index_sync import Stamp
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewDocument, Page
from tests.conftest import MODELS
from tests.ingest.test_removal import SECRET, deleted_in_keyword_index, files_with
from tests.support.paths import ROOT, SAMPLES
from tests.support.pdfs import write_pdf


def citewell(*arguments: str, module: str = "cli", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


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
        (("eval", "pages", "nothing"), {}, "nothing needs questions.jsonl and pdfs/: nothing/questions.jsonl: no such"),
        (("serve", "--host", "0.0.0.0"), {}, "does not listen on '0.0.0.0' without a sign-in"),  # noqa: S104  refused
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_1(
    arguments: tuple[str, ...], environment: dict[str, str], message: str
) -> None:
    result = citewell(*arguments, **environment)
    assert result.returncode == 1
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr + result.stdout


@pytest.mark.parametrize("arguments", [("library", "list"), ("library", "remove", "7"), ("library", "verify")])
def test_a_command_closes_what_it_opened_however_it_ends(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Services] = []
    begin = Services.__init__

    def noted(services: Services, settings: Settings, report: Progress = no_progress) -> None:
        begin(services, settings, report)
        opened.append(services)

    monkeypatch.setattr(Services, "__init__", noted)
    CliRunner().invoke(app, arguments)
    (services,) = opened
    with pytest.raises(LibraryError, match="closed"):
        services.library.documents()


def test_services_close_what_they_opened_the_last_one_first() -> None:
    closed: list[str] = []
    with Services(Settings()) as services:
        library, conversations = services.library, services.conversations
        services.on_close(lambda: closed.append(f"{len(library.documents())} documents"))
        assert conversations.conversations(None) == []
    assert closed == ["0 documents"], "the library was still open"
    with pytest.raises(LibraryError, match="closed"):
        library.documents()
    with pytest.raises(LibraryError, match="closed"):
        conversations.conversations(None)


def test_help_shows_what_is_in_brackets() -> None:
    assert "citewell[eval]" in citewell("eval", "--help").stdout


def test_an_empty_folder_is_said_to_have_nothing_to_take_in(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = citewell("ingest", str(tmp_path / "empty"))
    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing to take in" in result.stdout


def test_an_empty_path_is_not_the_folder_one_stands_in() -> None:
    result = citewell("ingest", "")
    assert result.returncode == 2
    assert "a path is empty" in result.stderr


def test_debug_shows_the_traceback() -> None:
    result = citewell("--debug", "ask", "anything?")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_a_port_in_use_is_said_before_any_model_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = citewell("serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "is in use" in result.stderr
    assert "loading" not in result.stderr


@pytest.mark.model
def test_ingesting_reports_every_file_and_fails_at_the_end_only(tmp_path: Path) -> None:
    write_pdf(tmp_path / "good.pdf", ["The tower is 324 metres high."])
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nonsense")
    first = citewell("ingest", str(tmp_path))
    assert first.returncode == 1
    assert "failed    bad.pdf: the PDF is damaged" in first.stdout
    assert "added     good.pdf: 1 page, 1 chunk" in first.stdout
    assert "1 added, 1 failed; 1 page and 1 chunk taken in" in first.stdout
    second = citewell(str(tmp_path / "good.pdf"), module="ingest")
    assert second.returncode == 0
    assert "unchanged good.pdf" in second.stdout
    planned = citewell("ingest", "--dry-run", str(tmp_path))
    assert "would fail        bad.pdf: the PDF is damaged" not in planned.stdout  # it is looked at, not read
    assert "unchanged         good.pdf: 1 page, 1 chunk" in planned.stdout
    assert planned.stdout.endswith("nothing was done\n")
    listed = json.loads(citewell("library", "list", "--json").stdout)
    assert [(source["name"], source["state"]) for source in listed] == [("bad.pdf", "failed"), ("good.pdf", "ready")]
    people = citewell("library", "list").stdout
    assert "1 source not taken in" in people
    assert "the PDF is damaged" in people
    shown = json.loads(citewell("library", "show", "good.pdf", "--json").stdout)
    assert [page["state"] for page in shown["page_records"]] == ["ready"]
    assert "the PDF is damaged" in citewell("library", "show", "bad.pdf").stdout
    sound = citewell("library", "verify")
    assert (sound.returncode, sound.stdout.split()[:3]) == (0, ["sound", "1", "document,"])
    assert citewell("library", "remove", str(listed[1]["id"]), "bad.pdf").stdout == "2 removed\n"
    assert json.loads(citewell("library", "list", "--json").stdout) == []
    assert json.loads(citewell("library", "verify", "--json").stdout)["sound"] is True


def test_a_dry_run_of_a_watch_tells_what_was_deleted_and_what_may_come_back(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    for name in ("docs/gone.txt", "disk/absent.txt"):
        document = NewDocument(
            name=Path(name).name, source=str(tmp_path / name), sha256=f"sha of {name}", recipe="recipe", size=1
        )
        library.replace(Content(document, (Page(number=1, label="1", text="text"),), ()), np.zeros((0, 0), np.float32))
    library.close()
    (tmp_path / "disk").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "here.txt").write_text("Text.")
    planned = citewell("ingest", "--dry-run", "--watch", "docs", "disk")
    assert planned.returncode == 0
    assert "would be added    here.txt" in planned.stdout
    assert "would be removed  gone.txt" in planned.stdout
    assert "absent.txt" not in planned.stdout
    assert "1 source kept though not there, such as" in planned.stderr
    assert "absent.txt" in planned.stderr


def test_asking_nobodys_documents_is_a_sentence_before_anything_is_loaded(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    document = NewDocument(name="a.txt", source="upload:a.txt", sha256="sha", recipe="recipe", size=1, owner="ann")
    library.replace(Content(document, (Page(number=1, label="1", text="text"),), ()), np.zeros((0, 0), np.float32))
    library.close()
    own, bobs = citewell("ask", "x?"), citewell("ask", "x?", "--user", "bob")
    anns = citewell("ask", "x?", "--user", "ann", "--document", "b.txt")
    assert "Nothing of yours to ask: all documents are of users of the app" in own.stderr
    assert "User 'bob' has no documents" in bobs.stderr
    assert "No document matches 'b.txt'" in anns.stderr
    assert [(told.returncode, "loading" in told.stderr) for told in (own, bobs, anns)] == [(1, False)] * 3


@pytest.mark.model
def test_asking_keeps_to_the_shells_own_documents_or_to_those_of_one_user(tmp_path: Path) -> None:
    with Services(Settings(library=tmp_path / "library", models=MODELS)) as services:
        ingestor = open_ingestor(services)
        for owner, metres in (("", 324), ("ann", 812)):
            file = tmp_path / f"tower{metres}.md"
            file.write_text(f"The tower is {metres} metres high.")
            assert ingestor.ingest_file(file, owner=owner).status == "added"

    def documents(*options: str) -> set[str]:
        asked = citewell(
            "ask", "How high is the tower?", "--model", "tiny", "--max-new-tokens", "4", "--json", *options
        )
        return {passage["document"] for passage in json.loads(asked.stdout)["passages"]}

    assert documents() == {"tower324.md"}
    assert documents("--user", "ann") == {"tower812.md"}


@pytest.mark.model
def test_a_version_that_was_replaced_leaves_no_word_in_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"The {SECRET} first version.")
    (tmp_path / "b.txt").write_text("Another text.")
    assert citewell("ingest", "a.txt", "b.txt").returncode == 0
    assert citewell("library", "verify").returncode == 0  # builds the indexes
    (tmp_path / "a.txt").write_text("The second version.")
    replaced = citewell("ingest", "a.txt")
    assert "1 replaced" in replaced.stdout
    purged = Stamp.read(tmp_path / "library" / "keyword.json")
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    assert purged
    assert purged.purged >= library.last_removal > 0
    library.close()
    assert deleted_in_keyword_index(tmp_path / "library") == 0
    assert files_with(tmp_path / "library", SECRET) == []


@pytest.mark.model
def test_asking_streams_text_for_people_and_json_for_programs(tmp_path: Path) -> None:
    (tmp_path / "tower.md").write_text("# The tower\nThe tower is 324 metres high. It was built in 1889.")
    citewell("ingest", str(tmp_path / "tower.md"))
    moved = citewell("ingest", "--collection", "towers", str(tmp_path / "tower.md"))
    assert "now in collection 'towers'" in moved.stdout
    shown = citewell("ask", "How high is the tower?", "--model", "tiny", "--max-new-tokens", "40")
    assert shown.returncode == 0
    assert "tower.md" in shown.stdout
    assert "tokens read" in shown.stderr
    elsewhere = citewell("ask", "How high is the tower?", "--document", "*.pdf")
    assert elsewhere.returncode == 1
    assert "No document matches '*.pdf'" in elsewhere.stderr
    asked = citewell(
        "ask",
        "--document",
        "Tower*",
        "How high is the tower?",
        "--collection",
        "towers",
        "--model",
        "tiny",
        "--max-new-tokens",
        "40",
        "--json",
    )
    answer = json.loads(asked.stdout)
    assert answer["passages"][0]["document"] == "tower.md"
    page = (tmp_path / "tower.md").read_text()
    citations = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    assert citations
    assert all(page[c["start"] : c["end"]] == c["quote"] for c in citations)
    assert answer["timings"]["prompt_tokens"] > 50


def test_the_sample_documents_are_there() -> None:
    assert sorted(path.name for path in SAMPLES.iterdir()) == [
        "debian-constitution.txt",
        "debian-faq.pdf",
        "debian-social-contract.md",
    ]
