"""Vector stores are collections: made, searched and dissolved with OpenAI's own client."""

from collections.abc import Callable

import pytest
from openai import BadRequestError, NotFoundError, OpenAI, PermissionDeniedError

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import openai_client
from tests.support.servers.api_server import make_key


def nature(opened: OpenAI) -> str:
    return next(store.id for store in opened.vector_stores.list() if store.name == "nature")


def test_collections_are_stores_and_a_new_one_is_empty_until_files_are_moved_into_it(
    openai: OpenAI, services: Services
) -> None:
    (store,) = openai.vector_stores.list()
    assert (store.name, store.status, store.file_counts.total, store.usage_bytes) == ("nature", "completed", 1, 25)
    assert openai.vector_stores.retrieve(store.id) == store
    empty = openai.vector_stores.create(name="pets")
    assert openai.vector_stores.retrieve(empty.id).file_counts.total == 0
    filled = openai.vector_stores.create(name="pets", file_ids=["file-1"])
    assert (filled.id, filled.file_counts.total) == (empty.id, 1)
    assert services.library.documents("")[1].collection == "pets"
    assert openai.vector_stores.create().name.startswith("store-")


def test_a_store_is_searched(openai: OpenAI) -> None:
    hits = openai.vector_stores.search(nature(openai), query="grey heron").data
    assert [(hit.file_id, hit.filename, hit.content[0].text) for hit in hits] == [
        ("file-2", "birds.txt", "The heron is a grey bird.")
    ]
    both = openai.vector_stores.search(nature(openai), query=["heron", "bird"], max_num_results=1)
    assert len(both.data) == 1
    strict = openai.vector_stores.search(nature(openai), query="heron", ranking_options={"score_threshold": 0.999})
    assert strict.data == []


def test_a_search_that_cannot_be_is_refused(openai: OpenAI) -> None:
    for body, said in [
        ({"query": " "}, "The query is empty"),
        ({"query": []}, "The query is empty"),
        ({"query": "a" * 4001}, "4000 characters"),
        ({"query": ["a"] * 11}, "10 queries"),
        ({"query": "a", "max_num_results": 51}, "'max_num_results' cannot be used"),
        ({"query": "a", "filters": {"type": "eq", "key": "year", "value": 2020}}, "no attributes here to filter by"),
    ]:
        with pytest.raises(BadRequestError, match=said):
            openai.post(f"/vector_stores/{nature(openai)}/search", body=body, cast_to=object)


def test_a_dissolved_store_leaves_its_documents(openai: OpenAI, services: Services) -> None:
    id_ = nature(openai)
    assert openai.vector_stores.delete(id_).deleted
    assert [document.collection for document in services.library.documents("")] == ["", ""]
    with pytest.raises(NotFoundError):
        openai.vector_stores.retrieve(id_)


def test_anothers_store_is_not_there(openai: OpenAI, services: Services, running: RunningApi) -> None:
    ann = openai_client(running, make_key(services, owner="ann"))
    with pytest.raises(NotFoundError):
        ann.vector_stores.retrieve(nature(openai))
    with pytest.raises(NotFoundError):
        ann.vector_stores.create(name="mine", file_ids=["file-1"])


def test_a_key_of_a_collection_stays_in_it(openai: OpenAI, services: Services, running: RunningApi) -> None:
    narrow = openai_client(running, make_key(services, collection="nature"))
    assert narrow.vector_stores.create(name="nature").file_counts.total == 1
    with pytest.raises(PermissionDeniedError, match="for one collection"):
        narrow.vector_stores.create(name="pets")
    with pytest.raises(PermissionDeniedError, match="for one collection"):
        narrow.vector_stores.delete(nature(openai))
    with pytest.raises(PermissionDeniedError, match="for one collection"):
        narrow.vector_stores.files.delete("file-2", vector_store_id=nature(openai))


def test_a_key_for_reading_searches_and_changes_nothing(services: Services, running: RunningApi) -> None:
    reading = openai_client(running, make_key(services, read_only=True))
    store = nature(reading)
    assert reading.vector_stores.search(store, query="heron").data
    changes: list[Callable[[], object]] = [
        lambda: reading.vector_stores.create(name="pets"),
        lambda: reading.vector_stores.update(store),
        lambda: reading.vector_stores.delete(store),
        lambda: reading.vector_stores.files.create(store, file_id="file-1"),
        lambda: reading.vector_stores.files.delete("file-2", vector_store_id=store),
        lambda: reading.vector_stores.file_batches.create(store, file_ids=["file-1"]),
        lambda: reading.files.create(file=("a.txt", b"A."), purpose="assistants"),
        lambda: reading.files.delete("file-1"),
    ]
    for change in changes:
        with pytest.raises(PermissionDeniedError, match="may only read"):
            change()
    assert [document.collection for document in services.library.documents("")] == ["nature", ""]
