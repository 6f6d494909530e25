"""Unknown parameters are passed over, wrong ones named in a sentence; lists come in pages."""

from typing import Any

import pytest
from starlette.requests import Request

from api.openai.openai_errors import ParameterError, ParameterProblem
from api.openai.request_fields import Page

OBJECTS = [{"id": name} for name in "abcde"]


def page(query: str) -> dict[str, Any]:
    return Page(Request({"type": "http", "query_string": query.encode(), "headers": []})).json(OBJECTS)


def test_a_list_comes_in_pages_the_latest_first_or_the_oldest() -> None:
    first = page("limit=2")
    assert [each["id"] for each in first["data"]] == ["e", "d"]
    assert (first["first_id"], first["last_id"], first["has_more"]) == ("e", "d", True)
    assert [each["id"] for each in page("limit=2&after=d")["data"]] == ["c", "b"]
    last = page("limit=2&after=b")
    assert ([each["id"] for each in last["data"]], last["has_more"]) == (["a"], False)
    assert [each["id"] for each in page("order=asc&before=c")["data"]] == ["a", "b"]
    assert page("order=asc&after=e")["data"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=-1", "limit=1.5", "limit=99999999999", "order=up"])
def test_a_page_that_cannot_be_is_refused(query: str) -> None:
    with pytest.raises(ParameterError, match="must be"):
        page(query)


@pytest.mark.parametrize("param", ["after", "before"])
def test_a_place_that_is_gone_does_not_begin_the_list_again(param: str) -> None:
    with pytest.raises(ParameterError, match="no 'x' in this list") as caught:
        page(f"{param}=x")
    problem = caught.value.problem
    assert isinstance(problem, ParameterProblem)
    assert (problem.status, problem.param) == (400, param)
    assert len(page(f"{param}=")["data"]) == 5
