"""Each user reaches their own documents, and cannot tell whether those of others exist."""

from collections.abc import Callable, Iterator

import pytest

from rag.errors import AccessError
from rag.services import Services
from rag.settings import load_settings
from serving.ownership import (
    editable_documents,
    move_documents,
    own_documents,
    readable_document,
    readable_documents,
    require_place,
    shares_of,
)
from tests.support.stored_texts import put
from tests.support.values import content


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings()) as made:
        yield made


def store(services: Services, name: str, owner: str) -> int:
    return put(services.library, content(name, f"Text of {name}.", owner=owner)).id


def test_documents_are_found_by_their_owner_only(services: Services) -> None:
    id_ = store(services, "a.txt", "")
    assert readable_document(services, "", id_).name == "a.txt"
    refusals = []
    for owner, asked in (("ann", id_), ("", id_ + 1), ("", 10**30), ("", -(10**30))):
        with pytest.raises(AccessError) as refused:
            readable_document(services, owner, asked)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


def test_of_several_documents_those_of_others_do_not_exist_and_those_shared_to_be_read_stay_as_they_are(
    services: Services,
) -> None:
    own = store(services, "a.txt", "ann")
    read, edited, private = (store(services, f"{name}.txt", "bob") for name in "bcd")
    services.library.move(read, "Read")
    services.library.move(edited, "Edit")
    shares_of(services).share_collection("bob", "Read", "ann", "reader")
    shares_of(services).share_collection("bob", "Edit", "ann", "editor")
    found = editable_documents(services, "ann", {own, edited, private, 10**30})
    assert {each.id for each in found} == {own, edited}
    assert [each.id for each in own_documents(services, "ann", {own, private})] == [own]
    with pytest.raises(AccessError, match="to be read"):
        editable_documents(services, "ann", {own, read})
    with pytest.raises(AccessError, match="only its owner"):
        own_documents(services, "ann", {own, edited})


def test_a_collection_begun_anew_under_the_name_of_one_that_was_emptied_is_not_shared(services: Services) -> None:
    shares = shares_of(services)
    ways: list[Callable[[int], object]] = [  # as what knows nothing of shares does
        lambda id_: services.library.remove_all([id_]),
        lambda id_: services.library.move(id_, "Elsewhere"),
    ]
    for leave in ways:
        first = store(services, "plan.txt", "ann")
        move_documents(services, [readable_document(services, "ann", first)], "Plans")
        shares.share_collection("ann", "Plans", "bob", "editor")
        assert readable_document(services, "bob", first)
        leave(first)
        private = store(services, "private.txt", "ann")
        move_documents(services, [readable_document(services, "ann", private)], "Plans")
        assert readable_documents(services, "bob") == []
        with pytest.raises(AccessError):
            readable_document(services, "bob", private)
        services.library.remove_all([private])


def test_a_collection_is_withdrawn_with_its_last_document_and_the_audit_log_has_it(services: Services) -> None:
    one, two = (readable_document(services, "ann", store(services, f"{name}.txt", "ann")) for name in "ab")
    move_documents(services, [one, two], "Plans")
    shares_of(services).share_collection("ann", "Plans", "bob", "editor")
    move_documents(services, [one], "")
    require_place(services, "bob", "ann", "Plans")
    move_documents(services, [two], "Other")
    assert shares_of(services).collections_of("ann") == []
    (line,) = services.settings.audit_log.read_text().splitlines()
    assert "collection-withdrawn" in line
    assert "it has no document left" in line


def test_an_editor_begins_no_collection_that_was_emptied(services: Services) -> None:
    shares_of(services).share_collection("ann", "Plans", "bob", "editor")
    with pytest.raises(AccessError, match="not shared with you"):
        require_place(services, "bob", "ann", "Plans")
