"""Back up a library while it is written, and damage copies of it.

    python -m benchmarks.load.copies_and_damage --backups 20 --damages 100

Each backup is made while another process adds, changes and removes files; it is restored into a new folder, where the
library and its indexes, made anew, must be sound. Then one random page of the library's file is overwritten in each of
many copies: opening it must tell, and what is salvaged of it must be as it was, with every document whose pages, chunks
and vectors the damage left untouched. Prints each problem and a line of numbers; exit code 1 if there was one.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.load.ingestion_kills import change, forked, opened, run, wait
from ingest.backup import back_up, restore
from ingest.salvage import salvage
from rag.errors import LibraryError
from rag.stores.database import DATABASE
from rag.stores.sqlite_library import SqliteLibrary

_PAGE_BYTES = 4096
_LOOK_S = 10.0
_OF_CHUNKS = "SELECT id FROM chunks WHERE document_id = ?"
_ROWS = (
    (
        "SELECT document_id, number FROM pages WHERE document_id = ?",
        "SELECT * FROM pages WHERE document_id = ? AND number = ?",
    ),
    (_OF_CHUNKS, "SELECT * FROM chunks NOT INDEXED WHERE id = ?"),
    (_OF_CHUNKS, "SELECT * FROM vectors WHERE chunk_id = ?"),
)
"""Queries for the ids of a document's rows, and for a row by its id."""

Content = dict[str, list[str]]


def write_on(library: Path, documents: Path) -> None:
    """Change files and take them in until killed."""
    chosen = random.Random(2)
    for round_ in range(1_000_000):
        change(documents, chosen, round_)
        run(library, documents)


def backup_is_sound(library: Path, folder: Path) -> bool:
    """Back up, restore, and print what is wrong with the library that comes of it."""
    back_up(library, folder / "library.backup")
    restore(folder / "library.backup", folder / "restored")
    with opened(folder / "restored") as (restored, indexes, _):
        problems = [*restored.findings(), *indexes.findings()]
        count = len(restored.documents())
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    return count > 0 and not problems


def content_of(library: Path) -> Content:
    """Return the text of each page of each document."""
    with opened(library) as (stored, _, _):
        pages = {each.name: range(1, each.pages + 1) for each in stored.documents()}
        ids = {each.name: each.id for each in stored.documents()}
        found = {name: [stored.page(ids[name], number) for number in numbers] for name, numbers in pages.items()}
    return {name: [page.text if page else "" for page in of_one] for name, of_one in found.items()}


def overwrite_page(library: Path, chosen: random.Random) -> None:
    """Overwrite one page of the library's file; not its first, without which it is no database."""
    file = library / DATABASE
    page = chosen.randrange(1, file.stat().st_size // _PAGE_BYTES)
    with file.open("r+b") as stream:
        stream.seek(page * _PAGE_BYTES)
        stream.write(chosen.randbytes(_PAGE_BYTES))


def untouched_in(damaged: Path, sound: Path) -> set[str]:
    """Return the documents with every page, chunk and vector readable by its own id as it was: no index is asked."""
    found = set[str]()
    with (
        closing(sqlite3.connect(f"{(sound / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as before,
        closing(sqlite3.connect(f"{(damaged / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as after,
    ):
        for id_, name in before.execute("SELECT id, name FROM documents").fetchall():
            with suppress(sqlite3.Error):
                rows = [(query, key) for ids, query in _ROWS for key in before.execute(ids, (id_,)).fetchall()]
                if all(_row(before, query, key) == _row(after, query, key) for query, key in rows):
                    found.add(name)
    return found


def _row(db: sqlite3.Connection, query: str, key: tuple[int, ...]) -> object:
    return db.execute(query, key).fetchone()


def is_told(library: Path) -> bool:
    """Return whether opening the library tells that it is damaged, as `ingest`, `list` and the app do."""
    try:
        stored = SqliteLibrary(library, embedder="crc")
    except LibraryError:
        return True
    try:
        stored.require_sound(_LOOK_S)
    except LibraryError:
        return True
    finally:
        stored.close()
    return False


def damage(library: Path, folder: Path, times: int) -> int:
    """Damage copies, print what became of them, and return the number of problems."""
    before, chosen = content_of(library), random.Random(1)
    untold, changed, left, lost = 0, 0, 0, []
    for number in range(times):
        copy, target = folder / f"damaged{number}", folder / f"salvaged{number}"
        shutil.copytree(library, copy)
        overwrite_page(copy, chosen)
        untold += not is_told(copy)
        salvage(copy, target, "crc")
        after = content_of(target)
        left += len(untouched_in(copy, library) - set(after))
        changed += sum(before.get(name) != pages for name, pages in after.items())
        lost.append(len(before) - len(after))
        shutil.rmtree(copy)
        shutil.rmtree(target)
    sys.stdout.write(
        f"{times} damages: {untold} not told; of {len(before)} documents lost: median {median(lost):.0f}, most "
        f"{max(lost)}; {left} untouched, not salvaged; {changed} salvaged otherwise than they were\n"
    )
    return untold + changed + left


def main() -> int:
    """Run both; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backups", type=int, default=20)
    parser.add_argument("--damages", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library, documents = folder / "library", folder / "documents"
        documents.mkdir()
        change(documents, random.Random(0), 0)
        run(library, documents)
        writer = forked(partial(write_on, library, documents))
        try:
            sound = 0
            for number in range(options.backups):
                (folder / f"backup{number}").mkdir()
                sound += backup_is_sound(library, folder / f"backup{number}")
        finally:
            os.killpg(writer, signal.SIGKILL)
            wait(writer)
        sys.stdout.write(f"{options.backups} backups under load: {sound} sound\n")
        run(library, documents)
        wrong = damage(library, folder, options.damages)
    return 1 if wrong or sound < options.backups else 0


if __name__ == "__main__":
    sys.exit(main())
