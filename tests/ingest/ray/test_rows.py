"""Rows arrive on the other machine as they were sent, and are checked."""

import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from ingest.prepare import DocumentEnd, DocumentPart, IngestStep, PreparedDocument, Rejected
from ingest.ray.rows import file_of, file_row, step_of, step_row
from ingest.sources.files import File, Fingerprint, IdentifiedFile
from rag.types import Content, DocumentFacts, NewChunk, NewDocument, Page

DOCUMENT = NewDocument(
    name="a.txt", source="/a.txt", sha256="ab", recipe="r", size=3, facts=DocumentFacts(title="Übung"), title="Übung"
)
PAGE = Page(number=1, label="1", text="An owl 🦉.", metadata={"title": "Übung"}, head="Owls")
CHUNK = NewChunk(1, 0, 9, "An owl 🦉.", "Owls")
STEPS: list[IngestStep] = [
    PreparedDocument(Content(DOCUMENT, (PAGE,), (CHUNK,)), True, 1.5, "a note", 2),
    DocumentPart(DOCUMENT, (PAGE,), (CHUNK,)),
    DocumentEnd(DOCUMENT, False, 2.0, 1),
    Rejected(DOCUMENT, "it is damaged", 0.5, True, True),
]


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


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_a_step_arrives_with_its_vectors_to_the_last_bit(step: IngestStep) -> None:
    vectors = np.random.default_rng(0).normal(size=(1, 5)).astype(np.float32)
    arrived, received = step_of(step_row(0, step, vectors))
    assert arrived == step
    assert received.tobytes() == vectors.tobytes()
    assert received.shape == (1, 5)


def test_a_step_without_chunks_has_no_vectors() -> None:
    _, received = step_of(step_row(0, STEPS[2], np.zeros((0, 0), dtype=np.float32)))
    assert received.shape == (0, 0)


def test_what_is_no_step_is_refused() -> None:
    with pytest.raises(ValidationError):
        step_of({"kind": "DocumentEnd", "step": b'{"document": 1}', "vectors": b"", "dimension": 0})
