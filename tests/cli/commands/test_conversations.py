"""`citewell conversations` as its user meets it."""

import json
from pathlib import Path

import pytest

from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.types import Page
from tests.cli.stored_documents import new_document, store
from tests.support.commands import run_citewell
from tests.support.kept_answers import exchange


@pytest.fixture
def ids(tmp_path: Path) -> dict[str, str]:
    """Return the ids of two conversations by user."""
    store = SqlConversations(Database(tmp_path / "library", embedder="minilm"))
    ids = {}
    for owner, question in (("", "What is the fee?"), ("ann", "Who \x1b[2J barks?")):
        ids[owner] = store.create(owner).id
        store.add(ids[owner], owner, exchange(1, question=question).record)
    store.rate(ids["ann"], "ann", 1, "down", "Ravens do not.")
    store.close()
    return ids


def test_all_conversations_are_listed_or_those_of_a_user_or_with_a_text(ids: dict[str, str]) -> None:
    listed = json.loads(run_citewell("conversations", "list", "--json").stdout)
    assert [(c["owner"], c["name"], c["exchanges"]) for c in listed] == [
        ("ann", "Who \x1b[2J barks?", 1),
        ("", "What is the fee?", 1),
    ]
    own = json.loads(run_citewell("conversations", "list", "--user", "", "--json").stdout)
    assert [c["id"] for c in own] == [ids[""]]
    found = run_citewell("conversations", "list", "BARKS?")
    assert ids["ann"] in found.stdout
    assert ids[""] not in found.stdout
    assert "\x1b" not in found.stdout


def test_a_conversation_is_shown_with_its_quotes_and_ratings(ids: dict[str, str]) -> None:
    shown = run_citewell("conversations", "show", ids["ann"]).stdout
    assert "The fee is 20 euros." in shown
    assert "1.pdf, p. ii" in shown
    assert "Rated down. Ravens do not." in shown
    assert "\x1b" not in shown


def test_a_conversation_is_exported_in_each_format(ids: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "talk.json"
    assert run_citewell("conversations", "export", ids["ann"], "--format", "json", "--out", str(out)).returncode == 0
    verified = run_citewell("verify", str(out))
    assert "library is empty" in verified.stderr, "it was read as an export"
    assert run_citewell("conversations", "export", ids[""]).stdout.startswith("# What is the fee")
    assert run_citewell("conversations", "export", ids[""], "--format", "html").stdout.startswith("<!doctype html>")
    nowhere = run_citewell("conversations", "export", ids[""], "--out", str(tmp_path / "no" / "folder.md"))
    assert (nowhere.returncode, "Choose another file" in nowhere.stderr) == (1, True)


def test_a_conversation_is_deleted_once_somebody_has_said_yes(ids: dict[str, str]) -> None:
    asked = run_citewell("conversations", "delete", ids["ann"])
    assert asked.returncode == 1, "nobody said yes"
    assert "Delete 'Who \ufffd[2J barks?' with 1 answer?" in asked.stdout
    assert run_citewell("conversations", "delete", ids["ann"], "--yes").returncode == 0
    gone = run_citewell("conversations", "show", ids["ann"])
    assert (gone.returncode, "No conversation has id" in gone.stderr) == (1, True)
    assert [c["id"] for c in json.loads(run_citewell("conversations", "list", "--json").stdout)] == [ids[""]]


def test_removing_a_document_says_of_how_many_answers_it_was_taken_out(tmp_path: Path, ids: dict[str, str]) -> None:
    for number, text in ((1, "The fee is 20 euros."), (2, "Dogs bark.")):
        page = Page(number=2, label="ii", text=f"     {text}")
        store(tmp_path / "library", new_document(f"{number}.pdf", sha256=f"sha of {number}"), page)
    assert run_citewell("library", "remove", "2.pdf").stdout == "1 removed; taken out of 2 kept answers\n"
    shown = run_citewell("conversations", "show", ids[""]).stdout
    assert "The fee is 20 euros. [Removed with its source.]" in shown
    assert "Dogs" not in shown
