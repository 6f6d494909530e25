"""What `citewell ingest` prints: progress, a line per file, a summary."""

from pathlib import Path

import pytest
from rich.progress import Progress

from cli.output_ingest import IngestReporter, print_crawl, print_file, print_left_out, print_summary
from ingest.prepare import FileResult
from ingest.sources.files import File
from ingest.web.crawl import CrawlReport

ADDED = FileResult(
    name="a.pdf", source="/a.pdf", status="added", pages=2, chunks=1, seconds=0.5, note="page 2 is blank"
)
FAILED = FileResult(name="b.pdf", source="/b.pdf", status="failed", reason="the PDF is damaged")


def test_of_the_last_file_it_is_said_which_page_of_how_many_is_read(tmp_path: Path) -> None:
    progress = Progress()
    report = IngestReporter(progress)
    report.start([File.at(tmp_path / "a.pdf"), File.at(tmp_path / "b.pdf")], 1)
    report("reading", 1, 120)
    assert "0 of 2 files, 1 page read, " in progress.tasks[0].description
    report.file_done()
    report("reading", 3, 120)
    assert "1 of 2 files, reading page 3 of 120, " in progress.tasks[0].description
    report("reading", 4, 0)
    assert "1 of 2 files, 3 pages read, " in progress.tasks[0].description


def test_a_file_is_a_line_with_its_pages_or_the_reason_and_a_note_below(capsys: pytest.CaptureFixture[str]) -> None:
    print_file(ADDED)
    print_file(FAILED)
    print_file(FAILED, planned=True)
    assert capsys.readouterr().out.splitlines() == [
        "added     a.pdf: 2 pages, 1 chunk, 0.5 s",
        "          page 2 is blank",
        "failed    b.pdf: the PDF is damaged",
        "would fail        b.pdf: the PDF is damaged",
    ]


def test_the_summary_counts_files_by_status_and_only_what_was_stored(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary([ADDED, FAILED], 3.0)
    print_summary([ADDED, FAILED], 3.0, planned=True)
    print_summary([], 3.0)
    stored, planned, nothing = capsys.readouterr().out.splitlines()
    assert stored == "1 added, 1 failed; 2 pages and 1 chunk ingested, 3.0 s"
    assert planned == "1 would be added, 1 would fail; nothing was done"
    assert nothing.startswith("nothing to ingest")


def test_a_crawl_says_what_it_left_out_and_why_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    print_crawl(
        CrawlReport("https://example.org/", {"robots.txt forbids them": 2, "they lead elsewhere": 1}, "the limit", 7)
    )
    said = capsys.readouterr().err
    assert "left out  2 links: robots.txt forbids them" in said
    assert "left out  1 link: they lead elsewhere" in said
    assert "not seen  7 links or more: the limit" in said
    print_crawl(CrawlReport("https://example.org/"))
    assert capsys.readouterr().err == ""


def test_files_of_a_folder_that_were_left_out_are_counted_by_their_endings(capsys: pytest.CaptureFixture[str]) -> None:
    print_left_out([])
    assert capsys.readouterr().err == ""
    print_left_out([Path("a.xyz"), Path("b.XYZ"), Path("c")])
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("left out 3 files of the folder: not of a format that is read (.xyz, no ending).")
    assert said.endswith("is read if the file itself is named.")
