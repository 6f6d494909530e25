"""Select the documents that a question is restricted to: by name, collection, kind, year and language."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from rag.errors import QuestionError
from rag.text.facets import is_of_kind, years_in, years_of
from rag.types import Document

_MOST_LISTED = 12


def select(
    documents: Sequence[Document],
    names: Sequence[str] = (),
    collections: Sequence[str] = (),
    *,
    kinds: Sequence[str] = (),
    years: Sequence[str | int] = (),
    languages: Sequence[str] = (),
) -> frozenset[int] | None:
    """Return the ids of the documents that have one of the names, one of the kinds and so on; None if none is given.

    Names may be patterns with `*` and `?`; case does not matter. A kind includes narrower ones: a 10-K is a report. A
    year may be a range ("2015-2018"); a document has the years of its period, or that of its date.

    Raises:
        QuestionError: a name, collection, kind, year or language matches nothing, or no document matches all.
    """
    wanted = {
        "name": (names, _is_named, _no_name),
        "collection": (collections, _is_in, _no_collection),
        "kind": (kinds, _is_of_kind, _no_kind),
        "year": ([str(year) for year in years], _has_year, _no_year),
        "language": (languages, _is_in_language, _no_language),
    }
    given = {facet: filters for facet, filters in wanted.items() if filters[0]}
    if not given:
        return None
    for values, matches, complain in given.values():
        for value in values:
            if not any(matches(document, value) for document in documents):
                raise QuestionError(complain(value, documents))
    chosen = frozenset(
        document.id
        for document in documents
        if all(any(matches(document, value) for value in values) for values, matches, _ in given.values())
    )
    if not chosen:
        *others, last = [f"one of these {facet}s" for facet in given]
        raise QuestionError(f"No document has {', '.join(others)} and {last}. Leave one of them out.")
    return chosen


def _is_named(document: Document, pattern: str) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in (document.name, *document.also))


def _is_in(document: Document, collection: str) -> bool:
    return document.collection.lower() == collection.strip().lower()


def _is_of_kind(document: Document, kind: str) -> bool:
    return is_of_kind(document.facts.kind, kind.strip())


def _has_year(document: Document, years: str) -> bool:
    return not years_of(document.facts).isdisjoint(years_in(years))


def _is_in_language(document: Document, language: str) -> bool:
    return document.facts.language.lower() == language.strip().lower()


def _no_name(name: str, _documents: Sequence[Document]) -> str:
    return f"No document matches '{name}'. 'citewell library list' shows their names."


def _no_collection(collection: str, documents: Sequence[Document]) -> str:
    known = _listed(document.collection for document in documents)
    hint = f"There are {known}." if known else "Make one with 'citewell ingest --collection NAME PATH...'."
    return f"There is no collection '{collection}'. {hint}"


def _no_kind(kind: str, documents: Sequence[Document]) -> str:
    return f"No document is of the kind '{kind}'. {_there_are(document.facts.kind for document in documents)}"


def _no_year(years: str, documents: Sequence[Document]) -> str:
    known = (str(year) for document in documents for year in years_of(document.facts))
    return f"No document is of the year '{years}'. {_there_are(known)}"


def _no_language(language: str, documents: Sequence[Document]) -> str:
    known = _there_are(document.facts.language for document in documents)
    return f"No document is in the language '{language}'; languages are codes such as 'en' and 'de'. {known}"


def _there_are(values: Iterable[str]) -> str:
    known = _listed(values)
    hint = f"There are {known}." if known else "None of them has any."
    return f"{hint} 'citewell library facts NAME' shows and corrects what a document is."


def _listed(values: Iterable[str]) -> str:
    known = sorted({f"'{value}'" for value in values if value})
    return ", ".join(known[:_MOST_LISTED]) + (", …" if len(known) > _MOST_LISTED else "")
