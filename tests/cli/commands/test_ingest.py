"""`citewell ingest` as its user meets it: a line per file, plans, exit codes."""

import json
from pathlib import Path

import numpy as np
import pytest

from rag.stores.index_sync import Stamp
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewDocument, Page
from tests.ingest.test_removal import SECRET, deleted_in_keyword_index, files_with
from tests.support.app_process import citewell
from tests.support.paths import SAMPLES
from tests.support.pdfs import write_pdf


def test_an_empty_folder_is_said_to_have_nothing_to_take_in(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = citewell("ingest", str(tmp_path / "empty"))
    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing to take in" in result.stdout


def test_an_empty_path_is_not_the_folder_one_stands_in() -> None:
    result = citewell("ingest", "")
    assert result.returncode == 2
    assert "a path is empty" in result.stderr


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


def test_the_sample_documents_are_there() -> None:
    assert sorted(path.name for path in SAMPLES.iterdir()) == [
        "debian-constitution.txt",
        "debian-faq.pdf",
        "debian-social-contract.md",
    ]
