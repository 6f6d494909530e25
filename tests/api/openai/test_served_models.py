"""Models: all documents, each collection, short tasks and the embedder, to whom they belong."""

import pytest
from openai import NotFoundError, OpenAI

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import messages, openai_client
from tests.support.servers.api_server import make_key, store_document

ALWAYS = ["citewell", "citewell/tasks", "citewell/embeddings"]


def test_there_is_a_model_for_each_collection(openai: OpenAI) -> None:
    assert [model.id for model in openai.models.list()] == [*ALWAYS, "citewell/nature"]
    assert openai.models.retrieve("citewell/nature").owned_by == "citewell"


def test_a_collection_named_like_a_model_or_a_path_can_be_chosen(services: Services, running: RunningApi) -> None:
    store_document(services, "a.txt", "The task is to paint.", collection="tasks")
    store_document(services, "b.txt", "The sea is blue.", collection="a/b c")
    opened = openai_client(running)
    ids = [model.id for model in opened.models.list()]
    assert {"citewell/collections/tasks", "citewell/a/b c"} <= set(ids)
    for id_, said in (("citewell/collections/tasks", "The task is to paint."), ("citewell/a/b c", "The sea is blue.")):
        answer = opened.chat.completions.create(model=id_, messages=messages(f"What is it? Repeat: {said}"))
        assert answer.choices[0].message.content == f"{said} [1]"


def test_others_collections_are_no_models_of_a_key(services: Services, running: RunningApi) -> None:
    store_document(services, "c.txt", "Ann's cat is black.", owner="ann", collection="cats")
    ann = openai_client(running, make_key(services, owner="ann"))
    assert [model.id for model in ann.models.list()] == [*ALWAYS, "citewell/cats"]
    with pytest.raises(NotFoundError, match="There is no model 'citewell/nature'"):
        ann.models.retrieve("citewell/nature")


def test_an_unknown_model_is_not_found_and_the_known_are_named(openai: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="There is 'citewell', 'citewell/tasks', 'citewell/nature'") as caught:
        openai.chat.completions.create(model="gpt-4o", messages=messages("What is the entry fee?"))
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
