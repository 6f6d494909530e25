"""Records of the indexes that derive from a library, in its `meta`: the build of each, and what it may have reached.

It is kept before the index and its stamp are written. So a stamp that is ahead of it was written after a backup from
which the library was restored since, and the index holds what the library never had, whatever its generation is.
"""

import json

from rag.interfaces import IndexRecord, Library

PREFIX = "index "
"""Beginning of the keys in `meta`."""


def dumped(record: IndexRecord) -> str:
    """Return a record as it is stored."""
    return json.dumps([record.build, record.generation])


def loaded(stored: str) -> IndexRecord | None:
    """Return the record that was stored; None for ""."""
    return IndexRecord(*json.loads(stored)) if stored else None


def is_known(library: Library, name: str, build: str, generation: int) -> bool:
    """Return whether a library knows an index of this build to have come to this generation.

    One without a build was written by an earlier version of the program, and is known to a library without a record.
    """
    record = library.index_record(name)
    if record is None or not build:
        return record is None and not build
    return record.build == build and generation <= record.generation


def announce(library: Library, name: str, build: str, generation: int) -> None:
    """Have a library know that an index will come to this generation, if it does not yet."""
    if not (library.index_record(name) and is_known(library, name, build, generation)):
        library.record_index(name, IndexRecord(build, generation))
