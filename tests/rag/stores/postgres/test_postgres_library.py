"""The library in PostgreSQL where it differs from that in SQLite: staging, characters, findings."""

import subprocess
import sys

import pytest

from rag.stores.postgres.postgres_library import PostgresLibrary
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.paths import ROOT
from tests.support.stored_texts import put
from tests.support.values import content

pytestmark = pytest.mark.postgres


@pytest.fixture
def library(postgres_stores: PostgresStores) -> PostgresLibrary:
    return postgres_stores.library


def test_offsets_stay_true_beside_a_character_that_postgresql_lacks(library: PostgresLibrary) -> None:
    put(library, content("a.txt", "a\0b end"))
    (chunk,) = library.chunks(library.chunk_ids())
    assert chunk.text == "a\ufffdb end"


def test_inconsistencies_are_found(library: PostgresLibrary) -> None:
    put(library, content("a.txt", "text"))
    with library._database.writing() as db:
        db.execute("DELETE FROM vectors")
        db.execute('UPDATE chunks SET "end" = 99')
    assert list(library.findings()) == [
        "1 chunks that are not part of their page's text: a.txt",
        "1 chunks without a vector of the right length: a.txt",
    ]


STORING = """
import sys
from contextlib import closing
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.stored_texts import stored
from tests.support.values import content
with closing(PostgresStores(sys.argv[1], "words")) as stores:
    for number in range(10_000):
        text = f"version {number} of it"
        stores.library.begin(content(f"{number % 7}.txt", text).document)
        stored(stores.library, f"{number % 7}.txt", text)
        print(number, flush=True)
"""


def test_a_program_that_is_killed_leaves_whole_documents_and_the_next_one_goes_on(
    library: PostgresLibrary, postgres_address: str
) -> None:
    for kill_after in (1, 10):
        command = [sys.executable, "-c", STORING, postgres_address]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout
            for _ in range(kill_after):
                stored = int(program.stdout.readline())
            program.kill()
        assert list(library.findings()) == []
        texts = {chunk.document: chunk.text for chunk in library.chunks(library.chunk_ids())}
        assert int(texts[f"{stored % 7}.txt"].split()[1]) >= stored, "what was told to be stored is there"
