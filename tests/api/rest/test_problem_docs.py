"""Every endpoint is said to answer with the problems that any may have."""

from api.problems import MEDIA_TYPE
from api.rest.problem_docs import PROBLEM_SCHEMA, problems


def test_an_endpoint_has_its_own_problems_and_the_common_ones() -> None:
    described = problems(404)
    assert {401, 404, 429, 500} <= set(described)
    assert 409 not in described
    assert MEDIA_TYPE in described[404]["content"]
    assert set(PROBLEM_SCHEMA["required"]) == {"type", "title", "status", "detail"}
