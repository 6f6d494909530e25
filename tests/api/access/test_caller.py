"""A caller sees their own documents, and with a key of a collection only those in it."""

from collections.abc import Iterator

import pytest

from api.access.caller import Caller, document_of, documents_of, require_writing
from api.problems import ProblemError
from rag.errors import AccessError
from rag.services import Services
from tests.support.servers.api_server import scripted_services, store_document


@pytest.fixture
def services() -> Iterator[Services]:
    with scripted_services() as made:
        yield made


def test_a_caller_sees_what_is_theirs(services: Services) -> None:
    own = store_document(services, "own.txt", "Own words.", owner="ann", collection="fees")
    store_document(services, "other.txt", "Other words.", owner="ann")
    bobs = store_document(services, "bobs.txt", "Words of bob.", owner="bob", collection="fees")
    whole, part = Caller(owner="ann"), Caller(owner="ann", collection="fees")
    assert [document.name for document in documents_of(services, whole)] == ["other.txt", "own.txt"]
    assert [document.name for document in documents_of(services, part)] == ["own.txt"]
    assert document_of(services, part, own).name == "own.txt"
    refusals = set()
    for caller, id_ in ((whole, bobs), (part, bobs), (part, own + 1), (whole, 10**30)):
        with pytest.raises(AccessError) as refused:
            document_of(services, caller, id_)
        refusals.add(str(refused.value))
    assert len(refusals) == 1


def test_a_key_for_reading_changes_nothing() -> None:
    require_writing(Caller())
    with pytest.raises(ProblemError, match="may only read") as refused:
        require_writing(Caller(read_only=True))
    assert refused.value.problem.status == 403
