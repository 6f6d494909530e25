"""The list of documents is made once for each state of the library, and says no more than there is to say."""

import json

import pytest

from rag.services import Services
from rag.types import Document
from serving import ownership
from tests.web.routes.conftest import store
from web.idle_refresh import RefreshState
from web.page_language import in_language
from web.routes import source_listing
from web.routes.source_listing import SourceListing

UP_TO_DATE = RefreshState(0, 0, frozenset())


def test_values_that_say_nothing_are_left_out(services: Services) -> None:
    _, listed = SourceListing(services).of("ann", UP_TO_DATE)
    (document,) = json.loads(listed)
    assert document.keys() == {"id", "name", "version", "extent"}


def test_an_unchanged_library_is_not_listed_anew(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(services: Services, user: str) -> list[Document]:
        asked.append(user)
        return ownership.readable_documents(services, user)

    monkeypatch.setattr(source_listing, "readable_documents", counted)
    listing = SourceListing(services)
    first = listing.of("ann", UP_TO_DATE)
    assert listing.of("ann", UP_TO_DATE) == first
    assert len(asked) == 1
    store(services, "b.txt", "Cats purr.", "ann")
    assert listing.of("ann", UP_TO_DATE)[0] != first[0]
    listing.of("bob", UP_TO_DATE)
    assert asked == ["ann", "ann", "bob"]


def test_each_language_of_the_page_has_a_list_of_its_own(services: Services) -> None:
    listing = SourceListing(services)
    english = listing.of("ann", UP_TO_DATE)
    with in_language("fr"):
        french = listing.of("ann", UP_TO_DATE)
    (document,) = json.loads(french[1])
    assert document["extent"] != json.loads(english[1])[0]["extent"]
    assert french[0] != english[0]
    assert listing.of("ann", UP_TO_DATE) == english
