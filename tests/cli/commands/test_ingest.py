"""`citewell ingest` as its user meets it: a line per file, plans, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag.stores.index_sync import Stamp
from rag.stores.sqlite_library import SqliteLibrary
from tests.cli.stored_documents import new_document, store
from tests.ingest.test_removal import SECRET, deleted_in_keyword_index, files_with
from tests.ingest.web.site_server import page, serving_site
from tests.support.commands import run_citewell
from tests.support.documents.pdfs import write_pdf
from tests.support.paths import ROOT


def test_an_empty_folder_is_said_to_have_nothing_to_take_in(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run_citewell("ingest", str(tmp_path / "empty"))
    assert (result.returncode, result.stderr) == (0, "")
    assert "nothing to ingest" in result.stdout


@pytest.mark.model
def test_ingesting_reports_every_file_and_fails_at_the_end_only(tmp_path: Path) -> None:
    write_pdf(tmp_path / "good.pdf", ["The tower is 324 metres high."])
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nonsense")
    first = run_citewell("ingest", str(tmp_path))
    assert first.returncode == 1
    assert "failed    bad.pdf: the PDF is damaged" in first.stdout
    assert "added     good.pdf: 1 page, 1 chunk" in first.stdout
    assert "1 added, 1 failed; 1 page and 1 chunk ingested" in first.stdout
    arguments = [sys.executable, "-m", "ingest", str(tmp_path / "good.pdf")]  # the job alone
    second = subprocess.run(arguments, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False)
    assert second.returncode == 0
    assert "unchanged good.pdf" in second.stdout
    planned = run_citewell("ingest", "--dry-run", str(tmp_path))
    assert "would fail        bad.pdf: the PDF is damaged" not in planned.stdout  # it is looked at, not read
    assert "unchanged         good.pdf: 1 page, 1 chunk" in planned.stdout
    assert planned.stdout.endswith("nothing was done\n")
    listed = json.loads(run_citewell("library", "list", "--json").stdout)
    assert [(source["name"], source["state"]) for source in listed] == [("bad.pdf", "failed"), ("good.pdf", "ready")]
    assert "the PDF is damaged" in run_citewell("library", "show", "bad.pdf").stdout
    sound = run_citewell("library", "verify")
    assert (sound.returncode, sound.stdout.split()[:3]) == (0, ["sound", "1", "document,"])
    assert run_citewell("library", "remove", str(listed[1]["id"]), "bad.pdf").stdout == "2 removed\n"
    assert json.loads(run_citewell("library", "list", "--json").stdout) == []


def test_a_dry_run_of_a_watch_tells_what_was_deleted_and_what_may_come_back(tmp_path: Path) -> None:
    for name in ("docs/gone.txt", "disk/absent.txt"):
        store(tmp_path / "library", new_document(Path(name).name, source=str(tmp_path / name)))
    (tmp_path / "disk").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "here.txt").write_text("Text.")
    planned = run_citewell("ingest", "--dry-run", "--watch", "docs", "disk")
    assert planned.returncode == 0
    assert "would be added    here.txt" in planned.stdout
    assert "would be removed  gone.txt" in planned.stdout
    assert "absent.txt" not in planned.stdout
    assert "1 source kept though not there, such as" in planned.stderr
    assert "absent.txt" in planned.stderr


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_a_version_that_was_replaced_leaves_no_word_in_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"The {SECRET} first version.")
    (tmp_path / "b.txt").write_text("Another text.")
    assert run_citewell("ingest", "a.txt", "b.txt").returncode == 0
    assert run_citewell("library", "verify").returncode == 0  # builds the indexes
    (tmp_path / "a.txt").write_text("The second version.")
    replaced = run_citewell("ingest", "a.txt")
    assert "1 replaced" in replaced.stdout
    purged = Stamp.read(tmp_path / "library" / "keyword.json")
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    assert purged
    assert purged.purged >= library.last_removal > 0
    library.close()
    assert deleted_in_keyword_index(tmp_path / "library") == 0
    assert files_with(tmp_path / "library", SECRET) == []


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ([""], "a path is empty"),
        (["x.txt", "--crawl", "1"], "give its address"),
        (["https://example.org/", "--within", "https://example.org/"], "--within is for --crawl"),
        ([".", "--ray", "local", "--archives"], "--ray takes neither"),
        ([".", "--ray-seconds", "60"], "--ray-seconds is for --ray"),
        (["https://example.org/", "--watch"], "--watch follows files and folders"),
        (["https://example.org/", "--crawl", "-1"], "--crawl"),
    ],
)
def test_an_empty_path_and_flags_that_would_have_no_effect_are_refused(flags: list[str], reason: str) -> None:
    result = run_citewell("ingest", *flags)
    assert result.returncode == 2
    assert reason in " ".join(result.stderr.replace("│", " ").split())


def test_addresses_are_planned_without_being_fetched(tmp_path: Path) -> None:
    planned = run_citewell("ingest", "--dry-run", "https://127.0.0.1:1/a", "https://ann:s3cret@example.org/")
    assert planned.returncode == 1
    assert "would be added    127.0.0.1:1/a" in planned.stdout
    assert "user name or password" in planned.stdout
    assert "s3cret" not in planned.stdout


def test_pages_that_fail_are_reported_like_files() -> None:
    result = run_citewell("ingest", "http://10.0.0.1/a", "ftp://example.org/", "https://nobody.invalid/")
    assert result.returncode == 1
    assert "failed    10.0.0.1/a: '10.0.0.1' is an address of a private network" in " ".join(result.stdout.split("\n"))
    assert "web_private_hosts" in result.stdout
    listed = json.loads(run_citewell("library", "list", "--json").stdout)
    assert [source["source"] for source in listed] == ["http://10.0.0.1/a", "https://nobody.invalid/"]


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_pages_are_taken_in_crawled_listed_and_removed(tmp_path: Path) -> None:
    allowed = {"CITEWELL_WEB_PRIVATE_HOSTS": '["127.0.0.1"]', "CITEWELL_WEB_DELAY_SECONDS": "0"}
    with serving_site() as site:
        site.add("/docs/", page("The birch is white.", links=("a", "gone", "/other")), ETag='"1"')
        site.add("/docs/a", page("The oak is brown."), ETag='"1"')
        first = run_citewell("ingest", site.address("/docs/"), "--crawl", "2", **allowed)
        assert first.returncode == 0, first.stdout
        assert "2 added; 2 pages and 2 chunks ingested" in first.stdout
        assert "left out  1 link: they are not there, or need a login" in first.stderr
        limits = ("--crawl", "1", "--max-pages", "1")
        crawled = run_citewell("ingest", site.address("/docs/"), *limits, "--json", **allowed)
        (crawl,) = json.loads(crawled.stdout)["crawls"]
        assert crawl["start"] == site.address("/docs/")
        assert crawl["unvisited"] > 0
        assert "--max-pages" in crawl["ended"]
    shown = json.loads(run_citewell("library", "show", site.address("/docs/a"), "--json").stdout)
    assert shown["source"] == site.address("/docs/a")
    assert run_citewell("library", "remove", site.address("/docs/a")).returncode == 0
    copies = list((tmp_path / "library" / "web_pages").rglob("*.html"))
    assert [each.read_bytes().count(b"birch") for each in copies] == [1]
