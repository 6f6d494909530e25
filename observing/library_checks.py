"""Check the library, the models and the settings. Nothing is written, upgraded, loaded or fetched."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from ingest.sources.files import exists, is_deleted
from observing.finding import Finding, State
from observing.machine_checks import user_name
from rag.errors import ModelError
from rag.models.inventory import KnownModel, models_by_name
from rag.runtime.shown_path import shown
from rag.settings import Settings
from rag.stores.database import DATABASE, is_damage
from rag.stores.schema import VERSION
from rag.types.server_model import is_on_server, label_of, parse_server_model

_SAMPLE_OF_FAULTS = 3
_USER_IN_ADDRESS = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class LibraryCheckup:
    """The findings about a library, and the newest time in it."""

    findings: tuple[Finding, ...]
    latest: datetime | None = None


def models(settings: Settings) -> Iterator[Finding]:
    """Yield each model that is set: whether it is here."""
    known, unread = _known(settings)
    chosen = {"model": settings.model, "embedder": settings.embedder, "reranker": settings.reranker}
    for setting, name in chosen.items():
        if name is None:
            continue
        if is_on_server(name):
            yield _on_server(setting, name)
        elif unread:
            yield Finding(setting, "fault", f"{name}: {unread}")
        else:
            yield _model(setting, name, known.get(name))


def _known(settings: Settings) -> tuple[dict[str, KnownModel], str]:
    """Return the models by their names, and "" or the sentence that says why they cannot be looked at."""
    try:
        return models_by_name(settings.models), ""
    except ModelError as error:
        return {}, str(error)


def _on_server(setting: str, name: str) -> Finding:
    """Return the finding of a model on a server; if it has several, each is asked whether it answers."""
    if not parse_server_model(name, setting).others:
        return Finding(setting, "fine", f"{label_of(name)}, which is not on this machine")
    from rag.model_servers.server_clients import look_at_replicas

    found = look_at_replicas(name, setting)
    away = [f"{host}: {reason}" for host, reason in found.items() if reason]
    text = f"{label_of(name)}: {len(found) - len(away)} of {len(found)} servers answer"
    if not away:
        return Finding(setting, "fine", text)
    state: State = "fault" if len(away) == len(found) else "attention"
    return Finding(setting, state, f"{text} ({'; '.join(away)})", "Start the others, or take them out of the setting.")


def _model(setting: str, name: str, model: KnownModel | None) -> Finding:
    if model is not None:
        if model.fetched:
            return Finding(setting, "fine", f"{model.name}, fetched")
        text = f"{model.name} is not fetched: {model.download_bytes / 1e6:,.0f} MB to download."
        return Finding(setting, "attention", text, f"citewell models fetch {model.name}")
    path = Path(name).expanduser()
    if exists(path):
        return Finding(setting, "fine", shown(path))
    return Finding(setting, "fault", f"There is no model '{name}' here.", "citewell models list")


def library(folder: Path) -> LibraryCheckup:
    """Return whether the library's file is whole, which format it has, and what is in it."""
    file = folder / DATABASE
    if is_deleted(file.absolute()):
        advice = "citewell ingest PATH, or upload a document"
        return LibraryCheckup((Finding("library", "fine", f"There is none in {shown(folder)} yet.", advice),))
    if not os.access(file, os.R_OK):
        text = f"{shown(file)} may not be read by {user_name()}."
        return LibraryCheckup((Finding("library", "fault", text, "Run this as its owner."),))
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)) as db:
            return _opened(db, file)
    except sqlite3.Error as error:
        return LibraryCheckup((_damaged(file, str(error)) if is_damage(error) else _not_opened(file, error),))


def _opened(db: sqlite3.Connection, file: Path) -> LibraryCheckup:
    faults = [row[0] for row in db.execute(f"PRAGMA quick_check({_SAMPLE_OF_FAULTS})") if row[0] != "ok"]
    if faults:
        return LibraryCheckup((_damaged(file, "; ".join(faults)),))
    version = int(db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()[0])
    if version > VERSION:
        text = f"The library has format {version}, and this Citewell knows {VERSION} at most."
        return LibraryCheckup((Finding("library", "fault", text, "Upgrade Citewell."),))
    if version < VERSION:
        text = f"Format {version}: it becomes {VERSION} when Citewell next opens it."
        advice = "Back it up first: older versions cannot open it afterwards."
        return LibraryCheckup((Finding("library", "attention", text, advice),))
    documents, chunks, conversations = (
        int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608  names of ours
        for table in ("documents", "chunks", "conversations")
    )
    size = file.stat().st_size / 1e6
    text = f"{documents:,} documents, {chunks:,} chunks, {conversations:,} conversations; {size:,.0f} MB, whole"
    return LibraryCheckup((Finding("library", "fine", text), *_ledger(db)), _latest(db))


def _damaged(file: Path, reason: str) -> Finding:
    advice = "Restore a backup, or take out what is whole: citewell library salvage NEW_FOLDER"
    return Finding("library", "fault", f"{shown(file)} is damaged: {reason}", advice)


def _not_opened(file: Path, error: sqlite3.Error) -> Finding:
    advice = "Run this as its owner, while no other program holds it; if that does not help, restore a backup."
    return Finding("library", "fault", f"{shown(file)} cannot be opened: {error}", advice)


def _ledger(db: sqlite3.Connection) -> Iterator[Finding]:
    states = dict(db.execute("SELECT state, COUNT(*) FROM ledger GROUP BY state"))
    if failed := states.get("failed", 0):
        text = f"{failed:,} of {sum(states.values()):,} could not be ingested."
        yield Finding("sources", "attention", text, "citewell library list says why, for each")
    if reading := states.get("reading", 0):
        text = f"{reading:,} being ingested now, or cut off."
        yield Finding("sources", "attention", text, "If nothing is running, the same citewell ingest goes on.")


def _latest(db: sqlite3.Connection) -> datetime | None:
    row = db.execute(
        "SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM ledger UNION SELECT MAX(updated_at) FROM conversations)"
    )
    text = row.fetchone()[0]
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time and time.tzinfo is None else time


def changed_settings(settings: Settings) -> Finding:
    """Return the settings that differ from their defaults; passwords in addresses are left out."""
    defaults = type(settings).model_construct()
    changed = {name: getattr(settings, name) for name in type(settings).model_fields}
    texts = [
        f"{name} = {shown(value) if isinstance(value, Path) else value!r}"
        for name, value in changed.items()
        if value != getattr(defaults, name)
    ]
    return Finding("settings", "fine", _USER_IN_ADDRESS.sub("//…@", ", ".join(texts)) or "all as they come")
