"""Files are the documents, each its owner's."""

import pytest
from openai import NotFoundError, OpenAI

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import openai_client
from tests.support.servers.api_server import make_key


def test_files_are_the_documents_of_the_caller(openai: OpenAI, services: Services, running: RunningApi) -> None:
    assert [file.filename for file in openai.files.list(order="asc")] == ["fees.txt", "birds.txt"]
    assert [file.id for file in openai.files.list(limit=1)] == ["file-2", "file-1"], "page after page"
    ann = openai_client(running, make_key(services, "ann's", owner="ann"))
    assert [file.filename for file in ann.files.list()] == ["anns.txt"]
    narrow = openai_client(running, make_key(services, "narrow", collection="nature"))
    assert [file.filename for file in narrow.files.list()] == ["birds.txt"]
    file = openai.files.retrieve("file-1")
    assert (file.filename, file.bytes, file.status) == ("fees.txt", 26, "processed")
    assert openai.files.list(purpose="fine-tune").data == []
    assert len(openai.files.list(purpose="user_data").data) == 2


def test_anothers_file_and_none_at_all_are_the_same(openai: OpenAI) -> None:
    for id_ in ["file-3", "file-99", "3", "file-x", "file-1%2f..%2fx"]:
        for call in (openai.files.retrieve, openai.files.delete, openai.files.content):
            with pytest.raises(NotFoundError):
                call(id_)
