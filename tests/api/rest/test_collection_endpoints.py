"""Collections are listed with what is in them, of one's own documents."""

import httpx


def test_collections_are_listed_with_their_documents(at: httpx.Client, ann: httpx.Client) -> None:
    assert at.get("/api/v1/collections").json()["collections"] == [
        {"name": "", "documents": 1},
        {"name": "nature", "documents": 1},
    ]
    assert ann.get("/api/v1/collections").json() == {"collections": [{"name": "", "documents": 1}]}
