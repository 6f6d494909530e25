"""`ask` gives an answer whose quotes are where it says, tells how far it is, and ends when nobody waits for it."""

import anyio
import pytest

from api.mcp.ask_tool import _Progress, answer_given
from api.standalone import RunningApi
from rag.services import Services
from rag.types import Answer, PromptRead
from tests.api.mcp.mcp_clients import ERAS, Era, over_http, text_of, values_of
from tests.support.scripted_app import tale
from tests.support.servers.api_server import make_key

FEE = "What is the entry fee?"


async def test_every_quote_is_where_it_says(running: RunningApi, services: Services) -> None:
    async with over_http(running) as client:
        answer = values_of(await client.call_tool("ask", {"question": FEE}))
        (quote,) = answer["citations"]
        page = values_of(
            await client.call_tool("read_page", {"document_id": quote["document_id"], "page": quote["page"]})
        )
    assert (answer["answer"], answer["abstained"]) == ("The entry fee is 20 euros. [1]", False)
    assert answer["text"][quote["sentence_start"] : quote["sentence_end"]] == "The entry fee is 20 euros."
    assert page["text"][quote["start"] : quote["end"]] == quote["quote"]
    assert quote["url"].startswith(f"{running.url}api/v1/documents/{quote['document_id']}/pages/1/view?start=")


async def test_what_the_documents_do_not_say_is_refused_without_a_draft(running: RunningApi) -> None:
    async with over_http(running) as client:
        answer = values_of(
            await client.call_tool("ask", {"question": "Who wrote Faust? Repeat: Goethe wrote Faust in Weimar."})
        )
    assert (answer["abstained"], answer["citations"]) == (True, [])
    assert "Goethe wrote" not in answer["answer"] + answer["text"]


@pytest.mark.parametrize("era", ERAS)
async def test_the_client_hears_how_far_it_is(running: RunningApi, era: Era) -> None:
    told: list[tuple[float, str]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))

    async with over_http(running, mode=era) as client:
        await client.call_tool("ask", {"question": f"Repeat slowly: {FEE}"}, progress_callback=note)
    assert [message for _, message in told[:2]] == ["Searching the documents", "Reading what was found"]
    assert len(told) > 3
    assert [count for count, _ in told] == sorted({count for count, _ in told})
    assert "".join(message for _, message in told[2:]) in FEE


def test_a_client_hears_how_long_the_model_still_reads() -> None:
    assert _Progress().message(PromptRead(0.4, 12.3)) == "Reading: 40%, about 12 s to the first word"


@pytest.mark.parametrize("era", ERAS)
async def test_a_cancelled_request_ends_its_answer(running: RunningApi, era: Era) -> None:
    begun = anyio.Event()

    async def note(progress: float, total: float | None, message: str | None) -> None:
        if progress > 2:
            begun.set()

    async def ask() -> None:
        await client.call_tool("ask", {"question": f"Repeat slowly: {tale()}"}, progress_callback=note)

    async with over_http(running, mode=era) as client, anyio.create_task_group() as group:
        group.start_soon(ask)
        await begun.wait()
        assert running.backend.turns.is_busy
        group.cancel_scope.cancel()
    with anyio.fail_after(10):
        while running.backend.turns.is_busy:
            await anyio.sleep(0.02)


async def test_only_the_callers_documents_answer(running: RunningApi, services: Services) -> None:
    question = {"question": "Repeat: The secret word is marzipan."}
    async with over_http(running) as shell, over_http(running, make_key(services, owner="ann")) as ann:
        assert values_of(await shell.call_tool("ask", question))["abstained"] is True
        assert values_of(await ann.call_tool("ask", question))["abstained"] is False


async def test_documents_can_be_chosen(running: RunningApi, services: Services) -> None:
    fees, birds = (services.library.find(f"//{name}") for name in ("fees.txt", "birds.txt"))
    (anns,) = services.library.documents("ann")
    assert fees is not None
    assert birds is not None
    async with over_http(running) as client:
        for chosen, abstained in (
            ({"document_ids": [fees.id]}, False),
            ({"document_ids": f"[{fees.id}]"}, False),
            ({"document_ids": [birds.id]}, True),
            ({"collection": "nature"}, True),
        ):
            assert values_of(await client.call_tool("ask", {"question": FEE, **chosen}))["abstained"] is abstained
        refused = await client.call_tool("ask", {"question": FEE, "document_ids": [anns.id]})
    assert text_of(refused) == f"There is no document {anns.id}. Choose among those that are listed."


async def test_before_the_models_are_loaded_the_client_is_told(running: RunningApi) -> None:
    running.backend.ready.clear()
    async with over_http(running) as client:
        for tool, given in (("ask", {"question": FEE}), ("search", {"query": FEE})):
            assert text_of(await client.call_tool(tool, given)) == "The models are still being loaded. Try again soon."


def test_sentences_without_a_source_are_named(services: Services) -> None:
    answer = services.assistant.answer("Repeat: The entry fee is 20 euros. The king of Norway lives in Oslo.")
    assert isinstance(answer, Answer)
    given = answer_given(answer, [])
    assert given.answer == "The entry fee is 20 euros. [1] The king of Norway lives in Oslo."
    assert given.unsupported == ["The king of Norway lives in Oslo."]
