"""Whoever asks is answered from what is theirs, in their turn, and nobody who has gone."""

import pytest
from openai import AuthenticationError, InternalServerError, OpenAI, RateLimitError

from api.standalone import RunningApi
from rag.runtime.progress import CancelEvent
from rag.services import Services
from tests.api.openai.openai_clients import ASKED, NotingGenerator, messages, openai_client
from tests.support.scripted_app import tale
from tests.support.servers.api_server import abandoned, client, make_key, scripted_services, serving_api
from tests.support.waiting import until

SLOWLY = f"Repeat slowly: {tale()}"


def asked(opened: OpenAI, question: str = ASKED) -> str:
    answer = opened.chat.completions.create(model="citewell", messages=messages(question))
    return answer.choices[0].message.content or ""


def test_a_key_is_answered_from_its_users_documents(services: Services, running: RunningApi) -> None:
    question = "What is the secret word? Repeat: The secret word is marzipan."
    ann = openai_client(running, make_key(services, owner="ann"))
    assert asked(ann, question) == "The secret word is marzipan. [1]"
    assert "I could not find this" in asked(openai_client(running), question)


def test_a_key_for_reading_asks_within_its_collection(services: Services, running: RunningApi) -> None:
    key = make_key(services, collection="nature", read_only=True)
    assert "I could not find this" in asked(openai_client(running, key))


def test_an_unknown_key_is_refused_in_openais_shape(running: RunningApi) -> None:
    with pytest.raises(AuthenticationError) as caught:
        asked(openai_client(running, "cw_0"))
    assert (caught.value.code, caught.value.type) == ("invalid_api_key", "authentication_error")


def test_a_key_beyond_its_limit_is_told_when_to_come_back(services: Services, running: RunningApi) -> None:
    opened = openai_client(running, make_key(services, requests=1))
    asked(opened)
    with pytest.raises(RateLimitError, match="1 requests a minute") as caught:
        asked(opened)
    assert int(caught.value.response.headers["retry-after"]) > 0
    assert caught.value.code == "rate_limit_exceeded"


def test_before_the_models_are_loaded_nothing_is_answered(running: RunningApi, openai: OpenAI) -> None:
    running.backend.ready.clear()
    with pytest.raises(InternalServerError, match="still being loaded") as caught:
        asked(openai)
    assert (caught.value.status_code, caught.value.response.headers["retry-after"]) == (503, "10")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", ["citewell", "citewell/tasks"])
def test_an_answer_ends_when_its_client_goes(
    noting: NotingGenerator, running: RunningApi, model: str, stream: bool
) -> None:
    body = {"model": model, "messages": messages(SLOWLY), "stream": stream}
    if stream:
        with client(running) as opened, opened.stream("POST", "/v1/chat/completions", json=body) as response:
            next(response.iter_raw())
    else:
        with abandoned(running, "/v1/chat/completions", body):
            until(lambda: noting.asked)  # it is being answered
    until(lambda: noting.ended == ["cancelled"], state=lambda: noting.ended)
    until(lambda: not running.backend.turns.is_busy)


@pytest.mark.parametrize("model", ["citewell", "citewell/tasks"])
def test_a_stream_that_waits_gives_its_place_back_when_its_client_goes(model: str) -> None:
    with scripted_services(answers_at_once=1) as made, serving_api(made) as running:
        turns = running.backend.turns
        body = {"model": model, "messages": messages(ASKED), "stream": True}
        with turns.turn("", CancelEvent()):
            with abandoned(running, "/v1/chat/completions", body):
                until(lambda: turns.waiting == 1)
            until(lambda: turns.waiting == 0)
