"""What `citewell library` prints: the ledger, one document, the findings of a check."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli.output_library import print_document, print_findings, print_ledger
from rag.types import LedgerEntry, PageRecord
from tests.support.values import document

READY = LedgerEntry(
    source="/a.pdf",
    owner="",
    name="a.pdf",
    state="ready",
    reason="",
    note="page 2 is blank",
    sha256="ab12",
    size=1234,
    at="2026-01-02T03:04:05",
    document_id=7,
)
FAILED = replace(READY, source="/b.pdf", name="b.pdf", state="failed", reason="the PDF is damaged", document_id=None)
DOCUMENT = document(7, "a.pdf", pages=2, chunks=5)


def test_sources_without_a_document_are_a_table_of_their_own_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_ledger([(READY, DOCUMENT), (FAILED, None)])
    documents, failed = capsys.readouterr().out.split("1 source not ingested")
    assert "1 document" in documents
    assert "a.pdf" in documents
    assert "the PDF is damaged" in failed
    assert "owner" not in documents + failed
    print_ledger([(replace(FAILED, document_id=7), DOCUMENT)])
    assert "the PDF is damaged (its earlier version answers)" in capsys.readouterr().out


def test_a_file_has_its_folder_beside_its_name_as_short_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    places = {"here/papers/a.pdf": " papers", "books/a.pdf": " ~/books", "here/a.pdf": " ."}
    for source, place in places.items():
        print_ledger([(replace(READY, source=str(tmp_path / source)), DOCUMENT)])
        assert capsys.readouterr().out.rstrip().endswith(place)
    print_ledger([(replace(READY, source="https://example.org/a.pdf"), DOCUMENT)])
    assert "https://example.org/a.pdf" in "".join(capsys.readouterr().out.split())


def test_a_document_is_shown_with_its_note_and_at_most_200_pages(capsys: pytest.CaptureFixture[str]) -> None:
    pages = [PageRecord(number=n, label=str(n), state="ready", note="", characters=9) for n in range(1, 203)]
    print_document(READY, DOCUMENT, pages)
    out = capsys.readouterr().out
    assert "1,234 bytes" in out
    assert "page 2 is blank" in out
    assert "202 pages" in out
    assert "… and 2 more (--json lists them all)" in out


def test_findings_say_how_to_repair_and_a_sound_library_what_was_checked(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(["the keyword index lacks chunk 3"], 1, 5, [])
    wrong = capsys.readouterr().out
    assert "the keyword index lacks chunk 3" in wrong
    assert "citewell library verify --repair" in wrong
    print_findings([], 1, 5, [replace(READY, state="reading")])
    sound = capsys.readouterr().out
    assert "1 document, 5 chunks" in sound
    assert "unfinished a.pdf" in sound
