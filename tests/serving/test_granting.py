"""Only what is one's own is shared, with people who have an account; what is gone is shared no more."""

from collections.abc import Iterator

import pytest

from rag.errors import AccessError, SettingsError
from rag.services import Services
from serving.auth_file import Users
from serving.granting import Granting
from serving.ownership import readable_documents, shares_of
from tests.conftest import GOOD_PASSWORD
from tests.support.servers.api_server import scripted_services, store_document


@pytest.fixture
def services(users: Users) -> Iterator[Services]:
    users.add("bob", GOOD_PASSWORD)
    with scripted_services(auth_file=users.path) as made:
        store_document(made, "plan.txt", "A plan.", owner="ann", collection="Plans")
        yield made


def test_a_collection_is_shared_by_its_owner_with_users_there_are(services: Services) -> None:
    granting = Granting(services)
    for owner, collection, user in (
        ("ann", "Plans", "zoe"),
        ("ann", "", "bob"),
        ("bob", "Plans", "ann"),
        ("ann", "Plans", "ann"),
    ):
        with pytest.raises(SettingsError):
            granting.share_collection(owner, collection, user, "reader")
    granting.share_collection("ann", "Plans", "Bob", "reader")
    assert [document.name for document in readable_documents(services, "bob")] == ["plan.txt"]


def test_a_conversation_of_another_is_neither_shared_nor_linked(services: Services) -> None:
    talk = services.conversations.create("ann", "Mine").id
    granting = Granting(services)
    with pytest.raises(AccessError):
        granting.share_conversation("bob", talk, "ann")
    with pytest.raises(AccessError):
        granting.make_link("bob", talk, 7)
    granting.share_conversation("ann", talk, "bob")
    granting.make_link("ann", talk, 7)
    services.conversations.delete(talk, "ann")
    overview = granting.overview("ann")
    assert (overview["conversations"], overview["links"]) == ([], [])
    assert granting.overview("bob")["with_me"]["conversations"] == []
    assert shares_of(services).links_of("ann") == []
