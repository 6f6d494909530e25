"""What a document is can be corrected by its owner, and is read again for the search."""

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from tests.web.routes.conftest import client, id_of
from web.routes.fact_routes import FactRoutes
from web.upkeep import BackgroundRefresh


@pytest.fixture
def ann(services: Services, refresh: BackgroundRefresh) -> TestClient:
    return client(FactRoutes(services, refresh).routes(), "ann")


def test_facts_are_shown_corrected_and_taken_back(ann: TestClient, services: Services) -> None:
    path = f"/sources/{id_of(services, 'ann')}/facts"
    assert ann.patch(path, json={"title": " Entry fees ", "kind": "Reports"}).status_code == 200
    shown = ann.get(path).json()
    assert (shown["facts"]["title"], shown["facts"]["kind"]) == ("Entry fees", "report")
    assert shown["edited"] == ["kind", "title"]
    assert "contract" in shown["kinds"]
    ann.patch(path, json={"title": None, "kind": None})
    assert ann.get(path).json()["edited"] == []


def test_nobody_sees_or_corrects_anothers_document(ann: TestClient, services: Services) -> None:
    path = f"/sources/{id_of(services, 'bob')}/facts"
    assert ann.get(path).status_code == 403
    assert ann.patch(path, json={"title": "x"}).status_code == 403


@pytest.mark.parametrize(
    "entered", [{"date": "yesterday"}, {"address": "https://a"}, {"title": 3}, {"title": "x" * 301}]
)
def test_what_cannot_be_a_fact_is_refused_in_words(ann: TestClient, services: Services, entered: object) -> None:
    refused = ann.patch(f"/sources/{id_of(services, 'ann')}/facts", json=entered)
    assert 400 <= refused.status_code < 500
    assert services.library.facts() == {}
