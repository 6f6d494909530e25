"""Files are moved into vector stores and out of them, one by one or in batches."""

import pytest
from openai import NotFoundError, OpenAI

from rag.services import Services
from tests.support.values import present


@pytest.fixture
def pets(openai: OpenAI) -> str:
    return openai.vector_stores.create(name="pets").id


def test_a_file_is_moved_into_a_store(openai: OpenAI, services: Services, pets: str) -> None:
    moved = openai.vector_stores.files.create_and_poll("file-2", vector_store_id=pets)
    assert (moved.status, moved.vector_store_id, moved.usage_bytes) == ("completed", pets, 25)
    assert services.library.documents("")[0].collection == "pets"
    assert [file.id for file in openai.vector_stores.files.list(pets)] == ["file-2"]
    assert openai.vector_stores.files.retrieve("file-2", vector_store_id=pets).id == "file-2"
    assert openai.vector_stores.files.list(pets, filter="failed").data == []


def test_a_file_is_taken_out_and_stays_in_the_library(openai: OpenAI, services: Services, pets: str) -> None:
    openai.vector_stores.files.create(pets, file_id="file-1")
    assert openai.vector_stores.files.delete("file-1", vector_store_id=pets).deleted
    assert present(services.library.document(1)).collection == ""
    assert openai.vector_stores.retrieve(pets).file_counts.total == 0


def test_a_batch_is_done_at_once(openai: OpenAI, pets: str) -> None:
    batch = openai.vector_stores.file_batches.create_and_poll(pets, file_ids=["file-1", "file-2"])
    assert (batch.status, batch.file_counts.completed) == ("completed", 2)
    listed = openai.vector_stores.file_batches.list_files(batch.id, vector_store_id=pets)
    assert {file.id for file in listed} == {"file-1", "file-2"}
    assert openai.vector_stores.file_batches.cancel(batch.id, vector_store_id=pets).status == "completed"


def test_a_batch_of_another_is_all_or_nothing(openai: OpenAI, services: Services, pets: str) -> None:
    with pytest.raises(NotFoundError):
        openai.vector_stores.file_batches.create(pets, file_ids=["file-1", "file-3"])
    assert present(services.library.document(1)).collection == ""


def test_what_is_not_in_a_store_is_not_found_in_it(openai: OpenAI, pets: str) -> None:
    for id_ in ("file-1", "file-3", "nothing"):
        with pytest.raises(NotFoundError):
            openai.vector_stores.files.retrieve(id_, vector_store_id=pets)
    for id_ in ("vsfb_", "vsfb_1-2", "1"):
        with pytest.raises(NotFoundError):
            openai.vector_stores.file_batches.retrieve(id_, vector_store_id=pets)
