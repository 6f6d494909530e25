"""`citewell mcp` as a client starts it."""

from pathlib import Path

import pytest

from tests.api.mcp.mcp_clients import over_pipes, text_of, values_of
from tests.support.commands import run_citewell
from tests.support.servers.api_server import scripted_services, store_document


@pytest.mark.slow
async def test_documents_are_read_before_any_model_is_loaded(tmp_path: Path) -> None:
    """The library asks for no model here, and the folder of models is empty."""
    with scripted_services(library=tmp_path / "library") as services:
        id_ = store_document(services, "fees.txt", "The entry fee is 20 euros.")
    async with over_pipes(tmp_path, "mcp", module="cli", models=str(tmp_path / "models"), offline="true") as client:
        page = values_of(await client.call_tool("read_page", {"document_id": id_}))
        refused = await client.call_tool("ask", {"question": "What is the entry fee?"})
    assert page["text"] == "The entry fee is 20 euros."
    assert refused.is_error
    assert "Traceback" not in text_of(refused)


def test_an_unknown_user_is_refused_before_the_protocol_begins(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    run_citewell("users", "add", "ann", "--password-stdin", "--auth-file", str(users), typed="correct horse battery\n")
    refused = run_citewell("mcp", "--user", "bob", "--auth-file", str(users), typed="")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "There is no user 'bob'." in refused.stderr.replace("\n", " ")
