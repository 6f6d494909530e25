"""An uploaded file is read, and can be asked as soon as the upload is answered."""

from typing import Any

import pytest
from openai import APIStatusError, BadRequestError, ConflictError, OpenAI

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import messages, openai_client
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api, store_document

DOG = ("dog.txt", b"The dog is called Rex.")


def test_a_file_can_be_asked_when_its_upload_is_answered(openai: OpenAI) -> None:
    file = openai.files.create(file=DOG, purpose="user_data")
    assert (file.filename, file.bytes, file.status, file.purpose) == ("dog.txt", 22, "processed", "user_data")
    answer = openai.chat.completions.create(
        model="citewell", messages=messages("Who is the dog? Repeat: The dog is called Rex.")
    )
    assert answer.choices[0].message.content == "The dog is called Rex. [1]"
    assert openai.files.content(file.id).read() == DOG[1]
    path = openai.files.create(file=("../../up.txt", b"It is up."), purpose="assistants")
    assert path.filename == "up.txt", "a name is no path"


def test_a_file_that_cannot_be_read_or_is_too_large_is_refused(openai: OpenAI) -> None:
    for name, content in [("a.pdf", b"%PDF-1.4 nothing"), ("a.txt", b"")]:
        with pytest.raises(BadRequestError, match="cannot be read"):
            openai.files.create(file=(name, content), purpose="assistants")
        assert all(file.filename != name for file in openai.files.list())
    for size, said in ((1_500_000, "larger than the limit of 1 MB"), (3_000_000, "larger than the limit")):
        with pytest.raises(APIStatusError, match=said) as caught:
            openai.files.create(file=("a.txt", b"x" * size), purpose="assistants")
        assert caught.value.status_code == 413


def test_there_is_a_limit_of_documents() -> None:
    with scripted_services(max_documents=1) as made:
        store_document(made, "one.txt", "One is here.")
        with (
            serving_api(made) as running,
            openai_client(running) as opened,
            pytest.raises(BadRequestError, match="there are 1 documents already"),
        ):
            opened.files.create(file=DOG, purpose="assistants")


def test_a_key_for_a_collection_uploads_into_it_and_changes_nothing_else(
    services: Services, running: RunningApi, openai: OpenAI
) -> None:
    openai.files.create(file=DOG, purpose="assistants")
    narrow = openai_client(running, make_key(services, collection="nature"))
    with pytest.raises(ConflictError, match="under another name"):
        narrow.files.create(file=("dog.txt", b"The dog is mine."), purpose="assistants")
    cat = narrow.files.create(file=("cat.txt", b"The cat is black."), purpose="assistants")
    assert {file.id for file in narrow.files.list()} == {"file-2", cat.id}
    with pytest.raises(ConflictError, match="of this content that this key has no access to"):
        narrow.files.create(file=("mine.txt", DOG[1]), purpose="assistants")
    document = services.library.find("upload:dog.txt")
    assert document
    assert (document.collection, document.also) == ("", ())


def test_a_form_without_one_file_is_refused(running: RunningApi) -> None:
    forms: list[dict[str, Any]] = [
        {"data": {"purpose": "assistants"}},
        {"files": {"other": ("a.txt", b"a")}},
        {"files": [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]},
        {"content": b"--b\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"json": {"file": "a.txt"}},
        {},
    ]
    with client(running) as opened:
        for sent in forms:
            refused = opened.post("/v1/files", **sent)
            assert refused.status_code == 400, sent
            assert refused.json()["error"]["message"].endswith(".") or "(" in refused.json()["error"]["message"]
