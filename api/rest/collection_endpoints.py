"""Collections: groups of documents by name. One begins with its first document and ends with its last."""

from collections import Counter

from fastapi import APIRouter

from api.caller import documents_of
from api.rest.common import BackendOf, CallerOf, Shown, problems

router = APIRouter(prefix="/collections", tags=["collections"])


class Collection(Shown):
    """A collection; "" are the documents in none."""

    name: str
    documents: int


class CollectionList(Shown):
    """All collections, by name."""

    collections: list[Collection]


@router.get("", responses=problems())
def list_collections(backend: BackendOf, caller: CallerOf) -> CollectionList:
    """List the collections, with the number of their documents."""
    counts = Counter(document.collection for document in documents_of(backend.services, caller))
    return CollectionList(collections=[Collection(name=name, documents=counts[name]) for name in sorted(counts)])
