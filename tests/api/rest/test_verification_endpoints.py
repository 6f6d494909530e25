"""An exported answer is checked against the caller's documents, and nobody else's."""

import httpx
import pytest

from tests.api.rest.conftest import id_of


@pytest.fixture
def answer(at: httpx.Client) -> dict[str, object]:
    exported: dict[str, object] = at.post("/api/v1/asks", json={"question": "What is the entry fee?"}).json()["answer"]
    return exported


def test_an_answer_holds_until_its_document_is_gone(at: httpx.Client, answer: dict[str, object]) -> None:
    assert at.post("/api/v1/verify", json=answer).json() == {
        "holds": True,
        "findings": [],
        "answers": 1,
        "sentences": 1,
        "quotes": 1,
        "documents": 2,
    }
    at.delete(f"/api/v1/documents/{id_of(at, 'fees.txt')}")
    found = at.post("/api/v1/verify", json=answer).json()
    assert (found["holds"], found["findings"][0]["kind"]) == (False, "document-removed")


def test_nobody_learns_what_others_have(ann: httpx.Client, answer: dict[str, object]) -> None:
    found = ann.post("/api/v1/verify", json=answer).json()
    assert {each["kind"] for each in found["findings"] if each["document"]} == {"document-removed", "quote-gone"}


def test_what_is_no_export_or_would_take_minutes_is_a_problem(at: httpx.Client, answer: dict[str, object]) -> None:
    for body, status in [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b'{"format": 1}', 422),
        (b'{"format": 99}', 422),
        (b'"x"', 422),
        (b"\xff", 400),
    ]:
        refused = at.post("/api/v1/verify", content=body, headers={"Content-Type": "application/json"})
        assert refused.status_code == status
        assert refused.headers["content-type"] == "application/problem+json"
    answer["answer"] = "It is so. " * 30_000
    refused = at.post("/api/v1/verify", json=answer)
    assert (refused.status_code, "too much to verify" in refused.json()["detail"]) == (422, True)
