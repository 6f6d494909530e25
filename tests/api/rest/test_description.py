"""The description is true: whatever is sent by it, or against it, no answer breaks it, and none is a traceback."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.servers.api_server import scripted_services, serving_api, store_document

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
"""Requests to each address, valid and not; `make schemas` sends more."""

UPLOAD = "POST /api/v1/documents"
"""In a form everything is text: nothing has a wrong type."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Yield the description of a running server."""
    library = tmp_path_factory.mktemp("described") / "library"
    with scripted_services(library=library) as services:
        store_document(services, "fees.txt", "The entry fee is 20 euros.")
        store_document(services, "anns.txt", "The secret word is marzipan.", owner="ann")
        with serving_api(services) as running:
            yield schemathesis.openapi.from_url(f"{running.url}api/v1/openapi.json")


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/documents/{document_id}", {"document_id": 1}),
        ("/documents/{document_id}/pages", {"document_id": 1}),
        ("/documents/{document_id}/pages/{page}", {"document_id": 1, "page": 1}),
        ("/documents/{document_id}/pages/{page}/view", {"document_id": 1, "page": 1}),
        ("/documents/{document_id}/pages/{page}/image", {"document_id": 1, "page": 1}),
        ("/documents/{document_id}", {"document_id": 2}),
    ],
)
def test_what_exists_is_as_described(described: Any, path: str, ids: dict[str, int]) -> None:
    described[f"/api/v1{path}"]["GET"].Case(path_parameters=ids).call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_the_description(described: Any, mode: GenerationMode) -> None:
    assert tried(described, mode, EXAMPLES, UPLOAD) > 18


def tried(described: Any, mode: GenerationMode, examples: int, upload: str) -> int:
    """Send requests to each operation, to that of uploads fewer; return how many operations there are."""
    operations = [found.ok() for found in described.get_all_operations()]
    for operation in operations:
        is_upload = operation.label == upload
        checks = [check for check in CHECKS if not is_upload or check is not negative_data_rejection]
        try:
            _send(operation, mode, checks, min(examples, 2) if is_upload else examples)
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE, operation.label  # there is nothing that it refuses
    return len(operations)


def _send(operation: Any, mode: GenerationMode, checks: list[Any], examples: int) -> None:
    @seed(1)
    @settings(max_examples=examples, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(case=operation.as_strategy(generation_mode=mode))
    def no_breach(case: Case[Any]) -> None:
        case.call_and_validate(checks=checks)

    no_breach()
