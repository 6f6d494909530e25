"""Short tasks of chat clients are answered by the model at once, without a search, and short."""

from pathlib import Path

import pytest
from openai import BadRequestError, OpenAI, RateLimitError

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import NotingGenerator, messages, openai_client
from tests.support.servers.api_server import make_key, scripted_services, serving_api

TITLE = "### Task: Write a title. Repeat: Fees of the club"


def test_the_model_is_given_the_messages_and_the_parameters_as_they_are(
    noting: NotingGenerator, openai: OpenAI
) -> None:
    told = [{"role": "system", "content": "Be brief."}, *messages("One?", "One.", TITLE)]
    answer = openai.chat.completions.create(model="citewell/tasks", messages=told)
    assert answer.choices[0].message.content == "Fees of the club"
    assert [message["content"] for message in noting.asked[-1]] == ["Be brief.", "One?", "One.", TITLE]
    assert (noting.decodings[-1].max_new_tokens, noting.decodings[-1].thinking_tokens) == (256, 0)
    assert answer.usage
    assert answer.usage.completion_tokens == 4
    chunks = list(
        openai.chat.completions.create(
            model="citewell/tasks", messages=messages(TITLE), stream=True, max_tokens=2, temperature=0.5
        )
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Fees of"
    assert (chunks[-1].choices[0].finish_reason, noting.decodings[-1].temperature) == ("length", 0.5)
    with pytest.raises(BadRequestError, match="too long"):
        openai.chat.completions.create(model="citewell/tasks", messages=messages("word " * 5000))


def test_tasks_need_no_document() -> None:
    with scripted_services() as made, serving_api(made) as running, openai_client(running) as opened:
        answer = opened.chat.completions.create(model="citewell/tasks", messages=messages(TITLE))
        assert answer.choices[0].message.content == "Fees of the club"


def test_tokens_of_tasks_are_those_of_the_key(services: Services, running: RunningApi) -> None:
    opened = openai_client(running, make_key(services, tokens=5))
    opened.chat.completions.create(model="citewell/tasks", messages=messages(TITLE))
    with pytest.raises(RateLimitError, match="5 tokens a minute") as caught:
        opened.chat.completions.create(model="citewell/tasks", messages=messages(TITLE))
    assert int(caught.value.response.headers["retry-after"]) > 0


def test_the_content_filter_holds_for_tasks(tmp_path: Path) -> None:
    rules = tmp_path / "rules.txt"
    rules.write_text("marzipan\n")
    with (
        scripted_services(content_filter=rules) as made,
        serving_api(made) as running,
        openai_client(running) as opened,
        pytest.raises(BadRequestError, match="content filter"),
    ):
        opened.chat.completions.create(model="citewell/tasks", messages=messages("Say marzipan. Repeat: No"))
