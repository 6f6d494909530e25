"""What docs/privacy.md tells a data protection officer is what the program does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from api.key import Key
from api.key_store import KeyStore
from cli.main import app as command
from ingest.sources.file_store import FolderFiles
from ingest.sources.page_archive import PageArchive
from rag.runtime.audit_log import MAX_BYTES, record
from rag.runtime.rotating_file import KEPT
from rag.settings import Settings
from rag.stores.library_folder import ACCEPTED, FOLLOWED
from serving.auth_file import Users
from serving.ownership import shares_of
from serving.upload_progress import Upload
from serving.upload_spool import UploadSpool
from tests.support.paths import ROOT
from tests.web.routes.sharing_app import SharingApp, sharing_app
from web.auth.sessions import MAX_AGE_S

PRIVACY = (ROOT / "docs" / "privacy.md").read_text()
PLUMBING = (".lock", "-wal", "-shm", "-journal")


@pytest.fixture
def app(users: Users) -> Iterator[SharingApp]:
    """Yield an app whose library has a file of every kind."""
    with sharing_app(users) as made:
        library = made.services.settings.library
        document = made.document("ann")
        made.conversation("ann", document)
        shares_of(made.services).share_collection("ann", "Plans", "bob", "reader")
        KeyStore(library).add(Key(id="", name="tool", owner="ann", created_at="2026-01-01T00:00:00+00:00"))
        record(library / "audit.jsonl", "sign-in", "ann")
        made.services.retriever.retrieve("marzipan", 1)
        (received := library.parent / "received").write_text("text")
        UploadSpool(library / ACCEPTED).accept(
            Upload(id=0, owner="ann", sender="ann", name="a.txt", collection="", sha256="5a"), received
        )
        made.uploads.incoming()
        with PageArchive(FolderFiles(library)).incoming():
            pass
        (library / FOLLOWED).write_text("[]")
        yield made


def test_every_file_of_a_library_is_told_of(app: SharingApp) -> None:
    names = {path.name for path in app.services.settings.library.iterdir() if not path.name.endswith(PLUMBING)}
    told = set(re.findall(r"`([\w.]+)`", PRIVACY))
    assert {"library.sqlite", "shares.sqlite", "api_keys.sqlite", "audit.jsonl", "files", "accepted"} <= names
    untold = {name for name in names if name not in told and Path(name).stem not in {Path(each).stem for each in told}}
    assert untold == set()


def test_the_settings_and_commands_it_names_exist() -> None:
    table = PRIVACY.split("## What is stored")[0]
    for name in re.findall(r"`([a-z_]+)`", table):
        assert name in Settings.model_fields, name
    root = get_command(command)
    for group, name in re.findall(r"citewell (users|models) (\w+)", PRIVACY):
        assert name in root.commands[group].commands, name  # type: ignore[attr-defined]


def test_the_times_it_names_are_those_of_the_code() -> None:
    assert f"{int(MAX_AGE_S / 86_400)} days at most" in PRIVACY
    assert f"{MAX_BYTES * (KEPT + 1) // 1_000_000} MB are full" in PRIVACY
