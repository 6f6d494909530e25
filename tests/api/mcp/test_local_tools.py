"""The tools of a process of its own have a caller without a key, and addresses of the app beside it."""

from typing import Any

import pytest

from api.access.caller import Caller, caller_of
from api.mcp.local_tools import local_request
from rag.settings import load_settings


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:7860/"),
        ({"port": 0}, "http://127.0.0.1:7860/"),
        ({"host": "192.0.2.1", "port": 8000}, "http://127.0.0.1:8000/"),
        ({"host": "::1"}, "http://[::1]:7860/"),
    ],
)
def test_pages_have_the_address_of_the_app_on_this_machine(settings: dict[str, Any], address: str) -> None:
    caller = Caller(owner="ann", read_only=True)
    request = local_request(load_settings(**settings), caller)
    assert str(request.base_url) == address
    assert caller_of(request) == caller
