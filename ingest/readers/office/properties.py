"""Read what Office files say of themselves: the properties that Word and LibreOffice show under File."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from typing import Any

from olefile import OleFileIO

from ingest.readers.blocks.pages import metadata_of, stated_values
from ingest.readers.office.zip_xml import Parts, local_name

_FIRST_YEAR = 1980
"""Files that state no date have one of 1601."""

_CORE = {
    "title": ("title",),
    "author": ("creator", "initial-creator", "lastModifiedBy"),
    "date": ("created", "creation-date", "modified", "date"),
    "organisation": ("Company",),
}


def office_metadata(parts: Parts) -> dict[str, str]:
    """Return the properties of a Word, PowerPoint or Excel file."""
    names = [*parts.related("", "/core-properties").values(), *parts.related("", "/extended-properties").values()]
    return stated_metadata(*(parts.xml(name) for name in names or ("docProps/core.xml", "docProps/app.xml")))


def stated_metadata(*roots: Any | None) -> dict[str, str]:
    """Return the properties of an Office or OpenDocument file that elements have, each None if it is not there."""
    stated: defaultdict[str, list[str]] = defaultdict(list)
    for root in roots:
        for element in root.iter() if root is not None else ():
            if element.text and element.text.strip():
                stated[local_name(element)].append(element.text)
    return metadata_of(stated_values(stated, _CORE))


def ole_metadata(ole: OleFileIO) -> dict[str, str]:
    """Return the properties of a Word, PowerPoint or Excel file from before 2007."""
    found = ole.get_metadata()
    created = found.create_time
    texts = (
        ("title", found.title),
        ("author", found.author),
        ("organisation", found.company),
    )
    values = [(key, _decoded(value, found.codepage)) for key, value in texts]
    date = created.isoformat() if isinstance(created, datetime) and created.year > _FIRST_YEAR else ""
    return metadata_of([*values, ("date", date)])


def _decoded(value: Any, codepage: Any) -> str:
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else ""
    names = ("utf-8",) if codepage in (65001, -535) else (f"cp{codepage}", "utf-8")
    for name in names:
        with suppress(LookupError, UnicodeDecodeError):
            return value.decode(name)
    return value.decode("cp1252", "replace")
