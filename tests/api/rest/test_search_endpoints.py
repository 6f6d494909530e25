"""A search finds the passages that a question would be answered from, with their scores."""

import httpx


def test_passages_come_best_first_with_their_places_restricted_and_limited(at: httpx.Client) -> None:
    found = at.post("/api/v1/search", json={"query": " entry fee "}).json()
    assert found["query"] == "entry fee"
    best = found["passages"][0]
    assert (best["document"], best["text"], best["page"]) == ("fees.txt", "The entry fee is 20 euros.", 1)
    assert (best["start"], best["end"], best["label"]) == (0, 26, "i")
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert at.get(best["url"]).status_code == 200
    within = {"query": "entry fee", "within": {"collections": ["nature"]}}
    assert {each["document"] for each in at.post("/api/v1/search", json=within).json()["passages"]} == {"birds.txt"}
    assert len(at.post("/api/v1/search", json={"query": "a", "limit": 1}).json()["passages"]) == 1


def test_a_search_that_cannot_be_made_is_a_problem(at: httpx.Client) -> None:
    for sent in [{"query": " "}, {"query": "x" * 5000}, {"query": "a", "limit": 0}, {"query": "a", "more": 1}]:
        assert at.post("/api/v1/search", json=sent).status_code == 422
