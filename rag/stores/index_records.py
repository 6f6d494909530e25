"""What a library knows of the indexes that derive from it, and how these differ from it.

The record of an index, its build and what it may have reached, is kept before the index and its stamp are written. So a
stamp that is ahead of it was written after a backup from which the library was restored since, and the index holds what
the library never had, whatever its generation is.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from rag.interfaces import IndexRecord, Library

_ATTEMPTS = 5


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


def findings(
    library: Library, refresh: Callable[[], int], held: Callable[[], Mapping[str, AbstractSet[int]]]
) -> Iterator[str]:
    """Yield in words what each index, by its name, lacks of a library's chunks, and what it has beyond them.

    `refresh` brings the indexes up to date and returns the generation that they have reached; `held` are their ids.
    """
    for _ in range(_ATTEMPTS):  # others may be writing
        reached, generation = refresh(), library.generation
        expected, found = set(library.chunk_ids()), held()
        if generation == library.generation == reached:
            break
    for name, ids in found.items():
        if missing := expected - ids:
            yield f"the {name} index lacks {len(missing)} of {len(expected)} chunks"
        if surplus := ids - expected:
            yield f"the {name} index has {len(surplus)} chunks that the library has not"
