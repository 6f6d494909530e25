"""Structure of pages and facts of documents as JSON in columns of the library."""

import json

from pydantic import TypeAdapter, ValidationError

from rag.errors import LibraryError
from rag.types import DocumentFacts, Structure
from rag.types.structure import NO_STRUCTURE

_STRUCTURE = TypeAdapter(Structure)
_FACTS = TypeAdapter(DocumentFacts)


def structure_json(structure: Structure) -> str:
    """Return a page's structure as JSON; "" if it has none."""
    return _STRUCTURE.dump_json(structure, exclude_defaults=True).decode() if structure else ""


def structure_of(column: str) -> Structure:
    """Return the structure in a column.

    Raises:
        LibraryError: it is damaged.
    """
    try:
        return _STRUCTURE.validate_json(column) if column else NO_STRUCTURE
    except ValidationError as error:
        raise _damaged("structure of a page") from error


def facts_json(facts: DocumentFacts) -> str:
    """Return a document's facts as JSON, without those that are not known."""
    return _FACTS.dump_json(facts, exclude_defaults=True).decode()


def facts_of(column: str, edited: str = "{}") -> DocumentFacts:
    """Return the facts in a column, with those of the other one in their place: those that a person entered.

    Raises:
        LibraryError: it is damaged.
    """
    try:
        if edited == "{}":
            return _FACTS.validate_json(column)
        return _FACTS.validate_python(json.loads(column) | json.loads(edited))
    except (ValidationError, ValueError, TypeError) as error:
        raise _damaged("facts of a document") from error


def _damaged(what: str) -> LibraryError:
    return LibraryError(f"The {what} cannot be read. Restore library.sqlite from a backup, or ingest again.")
