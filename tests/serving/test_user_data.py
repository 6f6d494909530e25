"""A user gets all that is stored of them and nothing of others; what is erased is nowhere in the library's files."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.removal import upload_key
from ingest.sources.file_store import FolderFiles
from rag.errors import AccessError, LibraryError, SettingsError
from rag.runtime.audit_log import acting, record
from rag.stores.library_folder import ACCEPTED
from rag.types.jobs import JobState
from serving.auth_file import Users
from serving.ownership import readable_documents, shares_of
from serving.upload_progress import Upload
from serving.upload_spool import UploadSpool
from serving.user_data import Holdings, erase_user, export_user, holdings_of, remove_account
from tests.conftest import GOOD_PASSWORD
from tests.web.routes.sharing_app import SharingApp, sharing_app

WORD = "marzipan"
OF_OTHERS = "quince"


@pytest.fixture
def app(users: Users) -> Iterator[SharingApp]:
    """Yield an app in which bob has something of every kind, and ann a document and a note of her own."""
    users.add("bob", GOOD_PASSWORD)
    with sharing_app(users) as made:
        services = made.services
        document = made.document("bob", text=f"The secret word is {WORD}.")
        made.document("ann", name="hers.txt", text=f"The word is {OF_OTHERS}.", collection="Hers")
        made.conversation("bob", document, text=f"The secret word is {WORD}.")
        services.notes.create("bob", "A note", f"It is {WORD}.", None)
        services.notes.create("ann", "Hers", OF_OTHERS, None)
        shares_of(services).share_collection("bob", "Plans", "ann", "reader")
        upload = services.settings.library / upload_key(FolderFiles(services.settings.library), "bob", "left.txt")
        upload.parent.mkdir(parents=True)
        upload.write_text(WORD)
        with acting("bob", "10.0.0.5"):
            record(services.settings.audit_log, "sign-in", "bob")
        yield made


def members(app: SharingApp, target: Path) -> dict[str, str]:
    keys = [{"id": "k1", "name": "tool"}]
    export_user(app.services, app.users, "bob", keys, target)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_an_export_has_all_of_one_user_and_nothing_of_others(app: SharingApp, tmp_path: Path) -> None:
    (talk,) = app.services.conversations.conversations("bob")
    app.services.conversations.open_question(talk.id, "bob", "Lost?", -1)
    exported = members(app, tmp_path / "bob.zip")
    assert json.loads(exported["account.json"])["role"] == "editor"
    assert [each["name"] for each in json.loads(exported["documents.json"])["documents"]] == ["secret.txt"]
    with_word = [name.partition("/")[0] for name, text in exported.items() if WORD in text]
    assert sorted(with_word) == ["conversations", "notes.json", "texts"]
    assert json.loads(exported["open_questions.json"]) == {talk.id: "Lost?"}
    assert json.loads(exported["shares.json"])["collections"][0]["user"] == "ann"
    assert json.loads(exported["keys.json"])[0]["id"] == "k1"
    assert json.loads(exported["audit.jsonl"])["action"] == "sign-in"
    assert OF_OTHERS not in str(exported)
    assert (tmp_path / "bob.zip").stat().st_mode & 0o077 == 0
    with pytest.raises(LibraryError, match="already"):
        members(app, tmp_path / "bob.zip")


def test_what_is_erased_is_in_no_file_of_the_library(app: SharingApp) -> None:
    erase_user(app.services, app.users, "bob")
    assert app.users.names() == ["ann"]
    assert holdings_of(app.services, "bob") == Holdings(0, 0, 0)
    assert holdings_of(app.services, "ann") == Holdings(1, 0, 1)
    library = app.services.settings.library
    app.services.close()
    holding = [str(path.relative_to(library)) for path in library.rglob("*") if path.is_file() and _has(path, WORD)]
    assert holding == []
    assert any(_has(path, OF_OTHERS) for path in library.rglob("*") if path.is_file())


def _has(path: Path, word: str) -> bool:
    return word.encode() in path.read_bytes()


def test_what_was_left_of_a_removed_account_can_be_erased_too(app: SharingApp) -> None:
    app.users.remove("bob")
    erase_user(app.services, app.users, "bob")
    assert holdings_of(app.services, "bob") == Holdings(0, 0, 0)


def test_nobody_is_erased_while_files_of_theirs_wait_unless_for_a_password(app: SharingApp, tmp_path: Path) -> None:
    spool = UploadSpool(app.services.settings.library / ACCEPTED)
    (received := tmp_path / "received").write_text(WORD)
    upload = spool.accept(Upload(id=0, owner="bob", sender="bob", name="a.txt", collection="", sha256="5a"), received)
    with pytest.raises(SettingsError, match="still to be ingested"):
        erase_user(app.services, app.users, "bob")
    assert "bob" in app.users.names()
    spool.note(replace(upload, state="locked"))
    spool.close()
    erase_user(app.services, app.users, "bob")
    assert list((app.services.settings.library / ACCEPTED).glob("*/*")) == []


def test_an_export_has_the_files_that_wait_for_a_password_and_those_that_failed(
    app: SharingApp, tmp_path: Path
) -> None:
    spool = UploadSpool(app.services.settings.library / ACCEPTED)
    sent: list[tuple[str, str, JobState]] = [("locked.pdf", "bob", "locked"), ("failed.pdf", "bob", "failed")]
    sent.append(("a.pdf", "ann", "locked"))
    for name, owner, state in sent:
        (received := tmp_path / "received").write_text(WORD if owner == "bob" else OF_OTHERS)
        upload = Upload(id=0, owner=owner, sender=owner, name=f"folder/{name}", collection="", sha256="5a")
        spool.note(replace(spool.accept(upload, received), state=state))
    spool.close()
    exported = members(app, tmp_path / "bob.zip")
    listed = json.loads(exported["uploads.json"])
    assert [(each["name"], each["state"]) for each in listed] == [
        ("folder/locked.pdf", "locked"),
        ("folder/failed.pdf", "failed"),
    ]
    (kept,) = (name for name in exported if name.startswith("uploads/"))
    assert kept.endswith("locked.pdf")
    assert exported[kept] == WORD
    assert OF_OTHERS not in str(exported)
    assert "uploads.json" in exported["README.txt"]


@pytest.mark.parametrize("with_documents", [False, True])
def test_shares_end_with_an_account_and_documents_stay_or_go(app: SharingApp, with_documents: bool) -> None:
    services = app.services
    assert remove_account(services, app.users, "Bob", by="ann", with_documents=with_documents) == "bob"
    assert [each.name for each in readable_documents(services, "ann")] == ["hers.txt"]
    assert len(services.library.documents("bob")) == (0 if with_documents else 1)
    assert len(services.library.ledger("bob")) == (0 if with_documents else 1)


def test_nothing_is_removed_with_an_account_that_stays(app: SharingApp) -> None:
    with pytest.raises(AccessError, match="Only an owner"):
        remove_account(app.services, app.users, "ann", by="bob", with_documents=True)
    with pytest.raises(SettingsError, match="the only owner"):
        remove_account(app.services, app.users, "ann", by="ann", with_documents=True)
    with pytest.raises(SettingsError, match="only owner"):
        erase_user(app.services, app.users, "ann")
    assert holdings_of(app.services, "ann").documents == 1
    assert app.users.names() == ["ann", "bob"]
    assert holdings_of(app.services, "bob").documents == 1
