"""All that is stored of one user: put into a file for them, erased, or removed with their account."""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from ingest.removal import forget_sources, original_key, remove_documents, stored_name, uploads_of
from ingest.sources.file_store import original_files
from rag.errors import LibraryError, SettingsError
from rag.exports.conversation_record import conversation_json
from rag.runtime.atomic_write import written_whole
from rag.runtime.audit_log import read_events, record
from rag.services import Services
from serving.ownership import shares_of
from serving.upload_progress import Upload
from serving.uploads import accepted_of, forget_uploads_of
from serving.user_store import UserStore

README = """\
All that this Citewell has stored of {name}.

account.json         name, role, and who they are at a sign-in elsewhere
documents.json       the documents: name, facts, collection, when they were added; and every source that was ever named
documents/           the uploaded files, and the copies of web pages
uploads.json         files and web pages that were added and are not read yet, locked by a password, or failed
uploads/             the files of these, as far as they are kept
texts/               the text of each document as it was read, by its id
conversations/       questions, answers, quotes, remarks
notes.json           notes
shares.json          what is shared with whom
keys.json            keys for programs, without their secrets
audit.jsonl          what the audit log has of them
"""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is stored of a user."""

    documents: int
    conversations: int
    notes: int

    @property
    def are_any(self) -> bool:
        """Return whether anything is stored of them."""
        return bool(self.documents or self.conversations or self.notes)


def holdings_of(services: Services, name: str) -> Holdings:
    """Return how much is stored of a user."""
    return Holdings(
        len(services.library.documents(name)),
        len(services.conversations.conversations(name)),
        len(services.notes.notes(name)),
    )


def export_user(
    services: Services, users: UserStore, name: str, keys: Sequence[Mapping[str, Any]], target: Path
) -> None:
    """Write all that is stored of a user to a new ZIP file, which only its owner may read.

    Raises:
        LibraryError: the file exists or cannot be written.
    """
    if target.exists():
        raise LibraryError(f"There is a file {target} already. Name another.")
    try:
        with written_whole(target) as partial:
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("README.txt", README.format(name=name))
                uploads = accepted_of(services, name)
                values = {"keys.json": keys, "uploads.json": [asdict(upload) for upload, _ in uploads]}
                for member, value in {**_values(services, users, name), **values}.items():
                    archive.writestr(member, json.dumps(value, ensure_ascii=False, indent=1))
                for member, text in _texts(services, name):
                    archive.writestr(member, text)
                for member, file in chain(_files(services, name), _upload_files(uploads)):
                    with suppress(FileNotFoundError):  # read or removed meanwhile
                        archive.write(file, member)
    except OSError as error:
        raise LibraryError(f"The file {target} cannot be written: {error.strerror}.") from error
    record(services.settings.audit_log, "user-exported", name)


def erase_user(services: Services, users: UserStore, name: str, *, by: str = "") -> None:
    """Erase a user's account with all that is theirs. The audit log keeps that it was done, and what they did.

    Raises:
        SettingsError: files of theirs are being ingested, or no owner would be left.
        AccessError: `by` is no owner (any more).
    """
    if waiting := forget_uploads_of(services, name):
        raise SettingsError(f"{waiting} files of '{name}' are still to be ingested. Wait for them, then erase again.")
    if name in users.names():
        remove_account(services, users, name, by=by, with_documents=True)
    else:  # an account that was removed before, without its documents
        shares_of(services).forget_user(name)
        _remove_all_of(services, name)
    if name:
        original_files(services.settings).clear(uploads_of(name))
    record(services.settings.audit_log, "user-erased", name)


def remove_account(services: Services, users: UserStore, name: str, *, by: str, with_documents: bool) -> str:
    """Remove a user, who is out at once, and withdraw all they shared; return the name as it was stored.

    Raises:
        SettingsError: there is no such user, no owner would be left, or the file cannot be written.
        AccessError: `by` is no owner (any more).
    """
    name = users.remove(name, by=by)
    shares_of(services).forget_user(name)
    if with_documents:
        _remove_all_of(services, name)
    return name


def _remove_all_of(services: Services, name: str) -> None:
    for conversation in services.conversations.conversations(name):
        services.conversations.delete(conversation.id, name)
        shares_of(services).forget_conversation(conversation.id)
    for note in services.notes.notes(name):
        services.notes.delete(note.id, name)
    remove_documents(services, [document.id for document in services.library.documents(name)])
    forget_sources(services, services.library.ledger(name))


def _values(services: Services, users: UserStore, name: str) -> dict[str, Any]:
    """Return the members of an export that are JSON."""
    shares, library = shares_of(services), services.library
    account = {"name": name, "role": users.role(name), "signs_in_elsewhere_as": users.identity(name)}
    kept = services.conversations.conversations(name)
    conversations = {
        f"conversations/{each.id}.json": conversation_json(
            each, services.conversations.exchanges(each.id, name), version("citewell")
        )
        for each in kept
    }
    return {
        "account.json": account,
        "open_questions.json": {each.id: each.unanswered for each in kept if each.unanswered},
        "documents.json": {
            "documents": [asdict(document) for document in library.documents(name)],
            "sources": [asdict(entry) for entry in library.ledger(name)],
        },
        **conversations,
        "notes.json": [asdict(note) for note in services.notes.notes(name)],
        "shares.json": {
            "collections": [asdict(each) for each in (*shares.collections_of(name), *shares.collections_for(name))],
            "conversations": [
                asdict(each) for each in (*shares.conversations_of(name), *shares.conversations_for(name))
            ],
            "links": [asdict(each) for each in shares.links_of(name)],
        },
    }


def _texts(services: Services, name: str) -> Iterator[tuple[str, str]]:
    """Yield the members of an export that are text."""
    for document in services.library.documents(name):
        pages = (services.library.page(document.id, number) for number in range(1, document.pages + 1))
        yield f"texts/{document.id}.txt", "\n\n".join(page.text for page in pages if page)
    events = [event for event in read_events(services.settings.audit_log) if event]
    lines = [json.dumps(asdict(event)) for event in events if name in (event.actor, event.object)]
    yield "audit.jsonl", "".join(f"{line}\n" for line in lines)


def _files(services: Services, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the uploads and copies of web pages of a user, by their names in an export."""
    files = original_files(services.settings)
    for number, entry in enumerate(services.library.ledger(name), 1):
        key = original_key(files, entry.source, name)
        if key and files.exists(key):
            yield f"documents/{number} {stored_name(entry.name).lstrip('.')}", files.local(key, "")


def _upload_files(uploads: Iterable[tuple[Upload, Path | None]]) -> Iterator[tuple[str, Path]]:
    for upload, file in uploads:
        if file is not None:
            yield f"uploads/{upload.id} {stored_name(upload.name).lstrip('.')}", file
