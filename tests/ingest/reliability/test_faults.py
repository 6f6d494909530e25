"""In each database, ingestion survives large documents, readers that die, files that change, and cancellation."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Workers
from rag.errors import LibraryError
from rag.interfaces import Library
from rag.stores.open_stores import open_stores
from tests.support.fakes import WordEmbedder
from tests.support.hostile import hostile_reader

LIMITS = Limits(memory_bytes=200_000_000)
LINES = [f"line {number} of the long document about owls" for number in range(40)]


@pytest.fixture(scope="module")
def hostile() -> Iterator[Workers]:
    workers = Workers(LIMITS, hostile_reader.__name__)
    yield workers
    workers.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def open_library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Library]]:
    """Yield the function that opens the library of a test, as another program does."""
    address = request.getfixturevalue("postgres_address") if request.param == "postgres" else None
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_stores(tmp_path / "library", address, "words"))).library


@pytest.fixture
def library(open_library: Callable[[], Library]) -> Library:
    return open_library()


@pytest.fixture
def ingestor(library: Library, embedder: WordEmbedder, hostile: Workers) -> Ingestor:
    return Ingestor(Preparer(library, lambda: embedder, chunk_tokens=40, max_file_bytes=2_000_000, workers=hostile))


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents of more than eight chunks come in parts."""
    monkeypatch.setattr("ingest.prepare._PART_CHUNKS", 8)


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines))
    return path


def texts(library: Library) -> list[str]:
    return [chunk.text for chunk in library.chunks(library.chunk_ids())]


def states(library: Library) -> dict[str, tuple[str, str]]:
    return {entry.name: (entry.state, entry.reason) for entry in library.ledger()}


def test_a_document_in_parts_is_stored_like_one_at_once(
    ingestor: Ingestor, library: Library, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ingestor.ingest_file(write(tmp_path / "once.txt", LINES))
    at_once = [(c.page, c.start, c.end, c.text, c.heading) for c in library.chunks(library.chunk_ids())]
    vectors = library.known_vectors(library.chunk_ids())[1]
    request.getfixturevalue("in_parts")
    library.remove_all([library.documents()[0].id])
    result = ingestor.ingest_file(write(tmp_path / "once.txt", LINES))
    assert (result.status, result.pages, result.chunks) == ("added", 40, 40)
    assert [(c.page, c.start, c.end, c.text, c.heading) for c in library.chunks(library.chunk_ids())] == at_once
    assert (library.known_vectors(library.chunk_ids())[1] == vectors).all()


@pytest.mark.usefixtures("in_parts")
def test_a_document_in_parts_is_not_seen_before_it_is_whole(
    ingestor: Ingestor, library: Library, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.txt", ["old"])
    ingestor.ingest_file(file)
    seen: set[tuple[str, ...]] = set()
    marks: set[str] = set()

    def look(*_: object) -> None:
        seen.add(tuple(texts(library)))
        marks.add(library.ledger()[0].state)

    write(file, LINES)
    assert ingestor.ingest_file(file, look).status == "replaced"
    assert seen == {("old",)}
    assert marks == {"ready", "reading"}
    assert texts(library) == LINES
    assert states(library) == {"a.txt": ("ready", "")}


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash.txt", "it crashes the reader"),
        ("swell.txt", "more than 200 MB of memory"),
        ("fail.txt", "damaged from here on"),
        ("grow.txt", "changed while it was being read"),
    ],
)
def test_a_file_that_breaks_its_reader_half_way_fails_alone(
    ingestor: Ingestor, library: Library, tmp_path: Path, name: str, reason: str
) -> None:
    for other in ("a.txt", "z.txt"):
        write(tmp_path / other, [f"good text of {other}"])
    write(tmp_path / name, LINES)
    results = {result.name: result for result in ingestor.ingest([str(tmp_path)])}
    assert {result.name: result.status for result in results.values()} == {
        "a.txt": "added",
        name: "failed",
        "z.txt": "added",
    }
    assert reason in results[name].reason
    assert sorted(texts(library)) == ["good text of a.txt", "good text of z.txt"]
    assert states(library)[name] == ("failed", results[name].reason)


@pytest.mark.usefixtures("in_parts")
def test_a_new_version_that_fails_half_way_leaves_the_old_one_in_place_and_says_so(
    ingestor: Ingestor, library: Library, tmp_path: Path
) -> None:
    file = write(tmp_path / "fail.txt", ["", "", "old text"])
    assert ingestor.ingest_file(write(tmp_path / "a.txt", ["old text"]), source="the book").status == "added"
    assert ingestor.ingest_file(write(file, LINES), source="the book").status == "failed"
    assert texts(library) == ["old text"]
    (entry,) = library.ledger()
    assert (entry.state, entry.document_id) == ("failed", library.documents()[0].id)
    ingestor.ingest_file(tmp_path / "a.txt", source="the book")  # what is stored is what the file is again
    assert [entry.state for entry in library.ledger()] == ["ready"]


@pytest.mark.usefixtures("in_parts")
def test_a_cancelled_file_has_failed_and_nothing_of_it_is_stored(
    ingestor: Ingestor, library: Library, tmp_path: Path
) -> None:
    cancelled = Event()

    def cancel_while_embedding(stage: str, done: int, total: int) -> None:
        if stage == "embedding" and done:
            cancelled.set()

    result = ingestor.ingest_file(write(tmp_path / "a.txt", LINES * 20), cancel_while_embedding, cancelled=cancelled)
    assert (result.status, result.reason) == ("failed", "it was cancelled")
    assert (library.documents(), texts(library)) == ([], [])
    assert states(library) == {"a.txt": ("failed", "it was cancelled")}
    cancelled.set()
    hanging = ingestor.ingest_file(write(tmp_path / "hang.txt", LINES), cancelled=cancelled)
    assert hanging.reason == "it was cancelled"


@pytest.mark.usefixtures("in_parts")
def test_a_consumer_that_stops_taking_results_stops_the_run(
    ingestor: Ingestor, library: Library, tmp_path: Path
) -> None:
    for number in range(60):
        write(tmp_path / f"{number:02}.txt", [f"{line} of file {number}" for line in LINES])
    results = ingestor.ingest([str(tmp_path)])
    assert next(results).status == "added"
    results.close()  # type: ignore[attr-defined]  # a generator
    assert 1 <= len(library.documents()) < 60
    assert {state for state, _ in states(library).values()} <= {"ready", "reading"}
    assert len(list(ingestor.ingest([str(tmp_path)]))) == 60
    assert {state for state, _ in states(library).values()} == {"ready"}
    assert [document.chunks for document in library.documents()] == [40] * 60


def test_a_password_opens_a_file_and_is_stored_nowhere(ingestor: Ingestor, library: Library, tmp_path: Path) -> None:
    file = write(tmp_path / "locked.txt", ["the treasure is under the oak"])
    refused = ingestor.ingest_file(file)
    assert (refused.status, refused.locked, "--password" in refused.reason) == ("failed", True, True)
    assert ingestor.ingest_file(file, password="wrong").locked
    assert ingestor.ingest_file(file, password="right").status == "added"
    leaks = [path for path in (tmp_path / "library").rglob("*") if path.is_file() and b"right" in path.read_bytes()]
    assert leaks == []


def _make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3_000_000_000)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: os.mkfifo(path), "it is not a regular file"),
        (lambda path: path.symlink_to(path), "too many levels of symbolic links"),
        (lambda path: path.symlink_to("nowhere.txt"), "it is a link to something that is missing"),
        (lambda path: path.touch(), "the file is empty"),
        (_make_huge, "the limit is 2 MB"),
    ],
)
def test_a_path_that_cannot_be_a_document_is_refused_with_the_reason(
    ingestor: Ingestor, library: Library, tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / "strange.txt")
    (result,) = ingestor.ingest([str(tmp_path / "strange.txt")])
    assert result.status == "failed"
    assert reason in result.reason
    assert states(library) == {"strange.txt": ("failed", result.reason)}


def test_a_file_without_permission_says_so(ingestor: Ingestor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("ingest.prepare.sha256_of", denied)  # root, as whom tests may run, may read everything
    result = ingestor.ingest_file(write(tmp_path / "secret.txt", ["text"]))
    assert (result.status, result.reason) == ("failed", "it may not be read (permission denied)")


@pytest.mark.parametrize(
    "name", [b"line\nbreak.txt", b"caf\xe9.txt", b"\xff\xfe.txt", "🦉.txt".encode(), b"'; DROP.txt"]
)
def test_any_file_name_is_ingested_stored_and_found_again(
    ingestor: Ingestor, library: Library, tmp_path: Path, name: bytes
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    write(path, ["text"])
    assert [result.status for result in ingestor.ingest([str(tmp_path)])] == ["added"]
    assert [result.status for result in ingestor.ingest([str(tmp_path)])] == ["unchanged"]
    (document,) = library.documents()
    (document.name + document.source).encode()


def test_a_name_that_is_no_utf_8_is_not_taken_for_one_that_spells_it_out(
    ingestor: Ingestor, library: Library, tmp_path: Path
) -> None:
    folder = os.fsencode(tmp_path)
    for name, line in ((b"caf\xe9.txt", "one"), (b"caf\\xe9.txt", "two")):
        write(Path(os.fsdecode(folder + b"/" + name)), [line])
    list(ingestor.ingest([str(tmp_path)]))
    assert sorted(texts(library)) == ["one", "two"]


def test_a_library_that_cannot_be_written_ends_the_run_and_it_can_be_run_again(
    ingestor: Ingestor, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        write(tmp_path / f"{number}.txt", [f"text {number}"])

    def full(*_: object) -> None:
        raise LibraryError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(library, "replace_all", full)
        with pytest.raises(LibraryError, match="the disk is full") as failure:
            list(ingestor.ingest([str(tmp_path)]))
    assert failure.tb, "its frames are still there, and what they hold"
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("reader")] == []
    assert [result.status for result in ingestor.ingest([str(tmp_path)])] == ["added"] * 40
