"""`citewell ask` as its user meets it: streamed text or JSON, from the shell's own documents or a user's."""

import json
from pathlib import Path

import pytest

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import Settings
from rag.types import DocumentFacts
from tests.cli.stored_documents import new_document, store
from tests.support.commands import run_citewell
from tests.support.fakes import ScriptedGenerator
from tests.support.paths import MODELS


def test_asking_nobodys_documents_is_a_sentence_before_anything_is_loaded(tmp_path: Path) -> None:
    store(tmp_path / "library", new_document("a.txt", source="upload:a.txt", owner="ann"))
    own, bobs = run_citewell("ask", "x?"), run_citewell("ask", "x?", "--user", "bob")
    anns = run_citewell("ask", "x?", "--user", "ann", "--document", "b.txt")
    assert "None of the documents is yours: all belong to users of the app" in own.stderr
    assert "User 'bob' has no documents" in bobs.stderr
    assert "No document matches 'b.txt'" in anns.stderr
    assert [(result.returncode, "loading" in result.stderr) for result in (own, bobs, anns)] == [(1, False)] * 3


def test_asking_for_what_no_document_is_says_what_there_is(tmp_path: Path) -> None:
    facts = DocumentFacts(period="2019", kind="10-K", language="en")
    store(tmp_path / "library", new_document("a.txt", facts=facts))
    kind, year = (
        run_citewell("ask", "x?", "--kind", "contract"),
        run_citewell("ask", "x?", "--kind", "10k", "--year", "2015-2018"),
    )
    assert "No document is of the kind 'contract'. There are '10-K'" in kind.stderr
    assert "No document is of the year '2015-2018'. There are '2019'" in year.stderr
    assert "No document is in the language 'de'" in run_citewell("ask", "x?", "--language", "de").stderr


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_asking_keeps_to_the_shells_own_documents_or_to_those_of_one_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator("The tower is high.", context_tokens=4096))
    with Services(Settings(library=tmp_path / "library", models=MODELS)) as services:
        ingestor = open_ingestor(services)
        for owner, metres in (("", 324), ("ann", 812)):
            file = tmp_path / f"tower{metres}.md"
            file.write_text(f"The tower is {metres} metres high.")
            assert ingestor.ingest_file(file, owner=owner).status == "added"

    def documents(*options: str) -> set[str]:
        asked = run_citewell("ask", "How high is the tower?", "--max-new-tokens", "4", "--json", *options)
        return {passage["document"] for passage in json.loads(asked.stdout)["passages"]}

    assert documents() == {"tower324.md"}
    assert documents("--user", "ann") == {"tower812.md"}


@pytest.mark.model
def test_asking_streams_text_for_people_and_json_for_programs(tmp_path: Path) -> None:
    (tmp_path / "tower.md").write_text("# The tower\nThe tower is 324 metres high. It was built in 1889.")
    run_citewell("ingest", str(tmp_path / "tower.md"))
    moved = run_citewell("ingest", "--collection", "towers", str(tmp_path / "tower.md"))
    assert "now in collection 'towers'" in moved.stdout
    command = ("ask", "How high is the tower?", "--model", "tiny", "--max-new-tokens", "40")
    shown = run_citewell(*command)
    assert shown.returncode == 0
    assert "tower.md" in shown.stdout
    assert "tokens read" in shown.stderr
    asked = run_citewell(*command, "--document", "Tower*", "--collection", "towers", "--json")
    answer = json.loads(asked.stdout)
    assert answer["passages"][0]["document"] == "tower.md"
    page = (tmp_path / "tower.md").read_text()
    citations = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    assert citations
    assert all(page[c["start"] : c["end"]] == c["quote"] for c in citations)
