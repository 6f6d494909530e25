"""A process of its own speaks the protocol over its pipes, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from tests.api.mcp.mcp_clients import INITIALIZE, Era, over_pipes, text_of, values_of
from tests.support.paths import ROOT
from tests.support.scripted_app import tale
from tests.support.servers.api_server import scripted_services, store_usual_documents

FEE = "What is the entry fee?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a library of two documents of the shell's and one of ann's."""
    with scripted_services(library=tmp_path / "library") as services:
        store_usual_documents(services)
    return tmp_path


@pytest.mark.parametrize("era", ["auto", pytest.param("legacy", marks=pytest.mark.slow)])
async def test_a_client_searches_reads_and_asks(folder: Path, era: Era) -> None:
    async with over_pipes(folder, mode=era) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        found = values_of(await client.call_tool("search", {"query": FEE}))["results"]
        page = values_of(await client.call_tool("fetch", {"id": found[0]["id"]}))
        answer = values_of(await client.call_tool("ask", {"question": FEE}))
        listed = values_of(await client.call_tool("list_documents", {}))["documents"]
    assert tools == ["search", "fetch", "ask", "list_documents", "read_page"]
    assert page["text"] == "The entry fee is 20 euros."
    assert answer["answer"] == "The entry fee is 20 euros. [1]"
    assert answer["citations"][0]["url"].startswith("http://127.0.0.1:7860/api/v1/documents/")
    assert [each["name"] for each in listed] == ["birds.txt", "fees.txt"]


@pytest.mark.slow
async def test_it_has_the_documents_of_one_user_or_collection(folder: Path) -> None:
    for arguments, names in ((("--user", "ann"), ["anns.txt"]), (("--collection", "nature"), ["birds.txt"])):
        async with over_pipes(folder, *arguments) as client:
            listed = values_of(await client.call_tool("list_documents", {}))["documents"]
            assert [each["name"] for each in listed] == names


@pytest.mark.slow
async def test_only_with_write_documents_are_added_and_removed(folder: Path) -> None:
    note = {"name": "note.md", "text": "The tide comes at nine."}
    async with over_pipes(folder) as client:
        assert text_of(await client.call_tool("add_document", note)) == (
            "The tool add_document changes documents, and this connection may only read them."
        )
    async with over_pipes(folder, "--write") as client:
        added = values_of(await client.call_tool("add_document", note))
        assert values_of(await client.call_tool("ask", {"question": "Repeat: The tide comes at nine."}))["citations"]
        await client.call_tool("remove_document", {"document_id": added["document_id"]})
        assert values_of(await client.call_tool("list_documents", {}))["total"] == 2


@pytest.mark.slow
async def test_a_cancelled_request_ends_its_answer(folder: Path) -> None:
    """The only turn is free again long before the tale would have been told, which takes minutes on any machine."""
    begun = anyio.Event()

    async def note(progress: float, total: float | None, message: str | None) -> None:
        if progress > 2:
            begun.set()

    async def ask() -> None:
        await client.call_tool("ask", {"question": f"Repeat slowly: {tale()}"}, progress_callback=note)

    async with over_pipes(folder, answers_at_once="1") as client:
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await begun.wait()
            group.cancel_scope.cancel()
        with anyio.fail_after(100):
            assert values_of(await client.call_tool("ask", {"question": FEE}))["abstained"] is False


def test_standard_output_has_the_protocol_and_nothing_else(folder: Path) -> None:
    """The scripted model prints a line whenever it writes, as a careless library would."""
    call = {"name": "ask", "arguments": {"question": FEE}}
    messages = [
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    environment = {**os.environ, "CITEWELL_LIBRARY": str(folder / "library"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.api.mcp.scripted_mcp"]
    with subprocess.Popen(command, env=environment, cwd=folder, text=True, stdin=-1, stdout=-1, stderr=-1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for message in messages:
            process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        rest, errors = process.stdout.read(), process.stderr.read()
        assert process.wait(timeout=30) == 0
    assert [answer["id"] for answer in answers] == [1, 2]
    assert "20 euros" in answers[1]["result"]["content"][0]["text"]
    assert rest == ""
    assert "this is not the protocol" in errors


@pytest.mark.slow
async def test_files_that_another_server_is_receiving_are_left_alone(folder: Path) -> None:
    incoming = folder / "library" / "uploads" / "incoming" / "half"
    incoming.parent.mkdir(parents=True)
    incoming.write_text("half of a file")
    async with over_pipes(folder, "--write") as client:
        await client.list_tools()
    assert incoming.exists()
