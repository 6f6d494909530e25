"""The page tells of a question while it is typed."""

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from tests.web.routes.conftest import client
from web.chat.reading_ahead import ReadingAhead
from web.chat.state import TabState
from web.routes.read_ahead_routes import ReadAheadRoutes


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, TabState, str]]:
    seen: list[tuple[str, TabState, str]] = []
    monkeypatch.setattr(ReadingAhead, "begin", lambda _, *told: seen.append(told))
    return seen


@pytest.fixture
def ann(services: Services) -> TestClient:
    return client(ReadAheadRoutes(ReadingAhead(services, lambda: False)).routes(), "ann")


def test_a_question_is_read_for_with_the_state_of_its_tab(
    ann: TestClient, begun: list[tuple[str, TabState, str]]
) -> None:
    sent = {"question": "The fee?", "tab": {"conversation": "abc", "excluded": [3]}}
    assert ann.post("/read-ahead", json=sent).json() == {"on": True}
    assert begun == [("The fee?", TabState(excluded=frozenset({3}), conversation="abc"), "ann")]


@pytest.mark.parametrize("sent", [{}, {"question": 3}, {"question": "  "}, [], {"question": None, "tab": []}])
def test_what_is_no_question_is_ignored(sent: object, ann: TestClient, begun: list[tuple[str, TabState, str]]) -> None:
    assert ann.post("/read-ahead", json=sent).status_code == 200
    assert begun == []
