"""Rows arrive on the other machine as they were sent, and are checked."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.ray.rows import file_of, file_row, step_of
from ingest.sources.files import File, Fingerprint, IdentifiedFile
from rag.types import DocumentFacts, NewDocument

DOCUMENT = NewDocument(
    name="a.txt", source="/a.txt", sha256="ab", recipe="r", size=3, facts=DocumentFacts(title="Übung"), title="Übung"
)


def identified(path: Path, password: str | None = None) -> IdentifiedFile:
    return IdentifiedFile(
        file=File.at(path, password=password),
        found=Fingerprint(3, 4, 5),
        document=DOCUMENT,
        replaces=True,
        name="owls.txt",
        edited={"title": "Owls"},
        seconds=0.25,
    )


def test_a_file_whose_name_is_not_utf_8_arrives() -> None:
    sent = identified(Path(os.fsdecode(b"/folder/caf\xe9.txt")))
    assert file_of(file_row(sent)) == sent


def test_a_password_is_never_sent() -> None:
    row = file_row(identified(Path("/a.pdf"), password="secret words"))
    assert b"secret words" not in row["file"]


def test_what_is_no_step_is_refused() -> None:
    with pytest.raises(ValidationError):
        step_of({"kind": "DocumentEnd", "step": b'{"document": 1}', "vectors": b"", "dimension": 0})
