"""The JSON of answers stays the same to the byte, as readers rely on; its settings say nothing of this machine."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rag.exports.answer_json import answer_json, answer_settings
from rag.exports.conversation_record import conversation_json, record
from rag.exports.redaction import RemovedDocuments, redact
from rag.grounding.abstention import NOT_FOUND
from rag.settings import load_settings
from rag.text.analyzer import english_analyzer
from rag.types import Conversation, Exchange, Sentence, Signals, Turn
from tests.support.kept_answers import ANSWER, QUOTE, document, provenance

GOLDEN: dict[str, Any] = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))

CUT = replace(
    ANSWER,
    text="The fee is 20 euros. Löwen br",
    sentences=(ANSWER.sentences[0], Sentence(start=21, end=29, text="Löwen br", citations=(QUOTE,), support="weak")),
    stop_reason="length",
)
REFUSAL = replace(
    ANSWER,
    text=NOT_FOUND,
    sentences=(),
    abstained=True,
    confidence=1 / 3,
    signals=Signals(),
    turns=(Turn("And the fee?", NOT_FOUND),),
)


@cache
def values() -> dict[str, Any]:
    """Return the JSON of these answers: plain, exported, stored, redacted, and as a conversation."""
    records = [record(answer, provenance(1, 2)) for answer in (ANSWER, CUT, REFUSAL)]
    redacted = [
        redact(
            json.loads(json.dumps(records)),
            RemovedDocuments.of([document(gone)], [document(3 - gone)]),
            english_analyzer().analyze,
        )
        for gone in (1, 2)
    ]
    conversation = Conversation(
        id="c",
        owner="ann",
        name="Fees",
        settings={},
        created_at="2026-01-01T00:00:00+00:00",
        updated_at="",
        exchanges=2,
    )
    return {
        "answer": answer_json(ANSWER),
        "refusal": answer_json(REFUSAL),
        "export": answer_json(CUT, provenance(1)),
        "record": records[0],
        "redacted": redacted,
        "conversation": conversation_json(
            conversation,
            [Exchange(1, "2026", records[0]), Exchange(2, "2026", redacted[1][0], "down", "Nein")],
            "0.1.0",
        ),
    }


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_every_byte_is_as_it_was(name: str) -> None:
    assert json.dumps(values()[name], ensure_ascii=False) == json.dumps(GOLDEN[name], ensure_ascii=False)


def test_what_a_conversation_chose_comes_before_the_apps_settings() -> None:
    listed = answer_settings(load_settings(temperature=0.5), {"passages": 9, "temperature": 0.25})
    assert (listed["passages"], listed["temperature"], listed["model"]) == (9, 0.25, "default")
    assert not {"library", "models", "auth_file", "port"} & listed.keys()


def test_models_are_named_without_folders_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    listed = answer_settings(
        load_settings(model=str(tmp_path / "mine"), embedder="openai:e5@http://127.0.0.1:80/secret/v1"), {}
    )
    assert (listed["model"], listed["embedder"], listed["reranker"]) == ("mine", "openai:e5 at 127.0.0.1:80", None)
