"""Exports and stored answers are read strictly, those of older versions included."""

import json
from typing import Any

import pytest

from rag.errors import ExportError, LibraryError
from rag.exports.answer_schema import AnswerExport, AnswerRecord, read_exports, read_stored
from tests.rag.exports.test_answer_json import GOLDEN

NEWER_FIELDS = ("refusal", "confidence", "missing", "signals", "not_found", "forgotten_turns")
"""Fields that the first exports did not have."""


@pytest.fixture
def export() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(GOLDEN["export"]))
    return value


def test_what_is_written_is_read_and_written_again_alike(export: dict[str, Any]) -> None:
    (read,) = read_exports(json.dumps(export), "x.json")
    assert json.dumps(read.to_json()) == json.dumps(export)
    conversation = GOLDEN["conversation"]
    assert [each.to_json() for each in read_exports(json.dumps(conversation), "x.json")] == conversation["answers"]
    for record in (GOLDEN["record"], *GOLDEN["redacted"][0]):
        assert json.dumps(read_stored(AnswerRecord, record).to_json()) == json.dumps(record)


def test_an_export_of_the_first_version_is_read(export: dict[str, Any]) -> None:
    for name in NEWER_FIELDS:
        del export[name]
    for sentence in export["sentences"]:
        del sentence["disputed_by"], sentence["missing"]
    export["passages"][0]["source"] = "/fees.pdf"
    (read,) = read_exports(json.dumps(export), "x.json")
    assert (read.redacted, read.passages[0].removed, read.sentences[0].disputed_by) == (False, False, [])


def test_a_redacted_export_says_what_was_removed() -> None:
    first, second = read_exports(json.dumps(GOLDEN["conversation"]), "x.json")
    assert (first.redacted, second.redacted) == (False, True)
    assert [passage.removed for passage in second.passages] == [False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.json is not an exported answer: it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[1]", "names no format"),
        ('{"format": 3}', "newer Citewell: it has format 3, and this one reads formats up to 2. Update"),
        ('{"format": 1}', "damaged: 'question' is missing"),
        ('{"format": 2, "answers": [{}]}', "damaged: 'answers.0.question' is missing"),
    ],
)
def test_a_file_that_is_no_export_is_a_clear_error(text: str, message: str) -> None:
    with pytest.raises(ExportError) as caught:
        read_exports(text, "x.json")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("passages", 0, "page"), 10**30),
        (("sentences", 0, "support"), "certain"),
        (("sentences", 0, "citations", 0, "quote"), None),
        (("answer",), 7),
    ],
)
def test_a_damaged_export_names_the_place(export: dict[str, Any], path: tuple[str | int, ...], value: object) -> None:
    place: Any = export
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ExportError, match=r"answer\.json is damaged: '" + r"\.".join(map(str, path))):
        read_exports(json.dumps(export), "answer.json")


def test_a_damaged_stored_answer_is_an_error_that_says_what_to_do() -> None:
    record = {**GOLDEN["record"], "kept": {}}
    with pytest.raises(LibraryError, match=r"'kept\.passages' is missing\. Restore the library"):
        read_stored(AnswerRecord, record)
    assert read_stored(AnswerExport, record).question == "And the fee?"
