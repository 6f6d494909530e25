"""Exported answers are checked against the library: what holds, and what has changed since."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import Ingestor
from rag.errors import LibraryError
from rag.exports.answer_json import answer_json
from rag.exports.answer_schema import read_exports
from rag.exports.verification import Verification, verify
from rag.grounding.lexical_scorer import LexicalScorer
from rag.grounding.scorers import SecondOpinion
from rag.interfaces import Scorer
from rag.stores.sqlite_library import SqliteLibrary
from rag.text.analyzer import english_analyzer
from rag.types import Answer
from tests.support.assistants import assistant_over
from tests.support.fakes import ScriptedGenerator
from tests.support.kept_answers import provenance

TEXT = "# Fees\n\nThe entry fee is 20 euros.\n\nChildren under six pay nothing.\n\nThe office opens at nine."
ANSWER = "The entry fee is 20 euros. Children under six pay nothing."
SCORER = LexicalScorer(english_analyzer().analyze)

Export = Callable[..., dict[str, Any]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "fees.md"
    file.write_text(TEXT)
    return file


@pytest.fixture
def export(library: SqliteLibrary, ingestor: Ingestor, file: Path, tmp_path: Path) -> Export:
    """Ask about the file, and export the answer."""
    list(ingestor.ingest([str(file)]))

    def ask(script: str = ANSWER, scorer: Scorer = SCORER) -> dict[str, Any]:
        assistant = assistant_over(library, tmp_path / "library", ScriptedGenerator(script), scorer, passages=3)
        *_, answer = assistant.ask("What is the entry fee for adults and for children?")
        assert isinstance(answer, Answer)
        documents = {document.id: document for document in library.documents()}
        return answer_json(answer, replace(provenance(), documents=documents))

    return ask


class Opinion(SecondOpinion):
    """Says that each sentence is supported with one probability."""

    def __init__(self, supported: float) -> None:
        super().__init__(SCORER)
        self._supported = supported

    def opinion(self, _sentence: str, _text: str, _context: str = "") -> float:
        return self._supported


def check(
    value: dict[str, Any], library: SqliteLibrary, scorer: Scorer = SCORER, *, again: bool = False
) -> Verification:
    return verify(read_exports(json.dumps(value), "answer.json"), library, scorer, again=again)


@pytest.mark.parametrize(("now", "holds"), [(None, True), (0.24, True), (0.6, False)])
def test_a_recorded_opinion_stands_unless_todays_is_another(
    export: Export, library: SqliteLibrary, now: float | None, *, holds: bool
) -> None:
    value = export("The entry fee is 20 euros.", scorer=Opinion(0.12))
    assert [(s["support"], s["meaning"]) for s in value["sentences"]] == [("weak", 0.12)]
    scorer = SCORER if now is None else Opinion(now)
    assert check(value, library, scorer, again=True).holds is holds
    assert check(value, library, scorer).holds
    value["sentences"][0]["support"] = "supported"
    assert not check(value, library, scorer).holds, "a verdict that was edited"


def test_an_edited_document_is_named_with_the_quote_that_is_gone_and_the_sentence_that_lost_its_support(
    export: Export, library: SqliteLibrary, ingestor: Ingestor, file: Path
) -> None:
    value = export()
    file.write_text(TEXT.replace("20 euros", "25 euros"))
    list(ingestor.ingest([str(file)]))
    result = check(value, library)
    assert [finding.kind for finding in result.findings if finding.kind != "passage-changed"] == [
        "document-changed",
        "quote-gone",
        "support-changed",
    ]
    messages = [finding.message for finding in result.findings]
    assert any(message.startswith("fees.md has changed: its sha256 was ") for message in messages)
    assert "The quote “The entry fee is 20 euros.” of sentence 1 is gone from fees.md, Fees, line 3." in messages
    assert "Sentence 1 was supported and is weak now: “The entry fee is 20 euros.”" in messages


def test_a_quote_that_only_moved_is_said_to_have_moved(
    export: Export, library: SqliteLibrary, ingestor: Ingestor, file: Path
) -> None:
    value = export()
    file.write_text("A new first line.\n\n" + TEXT)
    list(ingestor.ingest([str(file)]))
    findings = check(value, library).findings
    moved = [finding.message for finding in findings if finding.kind == "quote-moved"]
    assert (
        "The quote “The entry fee is 20 euros.” of sentence 1 stands elsewhere in fees.md, Fees, line 3 now." in moved
    )
    assert not any(finding.kind == "quote-gone" for finding in findings)


def test_a_removed_document_is_named_and_nothing_is_supported_any_more(
    export: Export, library: SqliteLibrary, ingestor: Ingestor, tmp_path: Path
) -> None:
    value = export()
    (tmp_path / "other.md").write_text("Something else.")
    list(ingestor.ingest([str(tmp_path / "other.md")]))
    library.remove_all([next(document.id for document in library.documents() if document.name == "fees.md")])
    result = check(value, library)
    assert result.findings[0].message == "fees.md is no longer in the library."
    assert [finding.kind for finding in result.findings].count("quote-gone") == 2
    assert "Sentence 2 was supported and is unsupported now: “Children under six pay nothing.”" in [
        finding.message for finding in result.findings
    ]


def test_a_file_that_was_only_moved_is_known_by_its_content(
    export: Export, library: SqliteLibrary, ingestor: Ingestor, file: Path, tmp_path: Path
) -> None:
    value = export()
    library.remove_all([library.documents()[0].id])
    list(ingestor.ingest([str(file.rename(tmp_path / "moved.md"))]))
    assert check(value, library).holds


def test_a_changed_number_in_a_sentence_comes_out_however_it_was_changed(
    export: Export, library: SqliteLibrary
) -> None:
    value = export()
    value["sentences"][0]["text"] = "The entry fee is 30 euros."
    assert [finding.kind for finding in check(value, library).findings] == ["sentence-edited", "support-changed"]
    value["answer"] = value["answer"].replace("20", "30")
    (finding,) = check(value, library).findings
    assert finding.message == "Sentence 1 was supported and is weak now: “The entry fee is 30 euros.”"
    assert finding.sentence == 1


def test_an_edited_verdict_quote_or_offset_comes_out(export: Export, library: SqliteLibrary) -> None:
    value = export("The entry fee is 20 euros. Bananas are free.")
    value["sentences"][1]["support"] = "supported"
    (finding,) = check(value, library).findings
    assert finding.message == "Sentence 2 was supported and is unsupported now: “Bananas are free.”"
    value = export()
    value["sentences"][0]["citations"][0]["quote"] = "The entry fee is 10 euros."
    assert [finding.kind for finding in check(value, library).findings] == ["quote-gone"]
    value = export()
    value["sentences"][0]["citations"][0]["start"] += 1
    assert [finding.kind for finding in check(value, library).findings] == ["quote-moved"]
    value = export()
    sentence = value["sentences"][0]
    sentence["disputed_by"] = [{**sentence["citations"][0], "quote": "The entry fee is 40 euros."}]
    assert [finding.kind for finding in check(value, library).findings] == ["quote-gone"]


def test_an_empty_library_is_said_to_be_empty(export: Export, library: SqliteLibrary) -> None:
    value = export()
    library.remove_all([library.documents()[0].id])
    with pytest.raises(LibraryError, match="nothing to verify against: the library is empty"):
        check(value, library)


def test_a_conversation_is_verified_answer_by_answer(
    export: Export, library: SqliteLibrary, ingestor: Ingestor
) -> None:
    answers = [export(), export("The office opens at ten.")]
    conversation = {"format": 2, "conversation": "Fees", "answers": answers}
    held = check(conversation, library)
    assert (held.findings, held.answers, held.sentences, held.documents) == ((), 2, 3, 1)
    answers[1]["sentences"][0]["support"] = "supported"
    (finding,) = check(conversation, library).findings
    assert (finding.kind, finding.answer, finding.sentence) == ("support-changed", 2, 1)


def test_a_translated_sentence_is_judged_by_its_translation(export: Export, library: SqliteLibrary) -> None:
    value = export("Der Eintritt kostet 20 Euro. Kinder unter sechs zahlen nichts.")
    sentence = value["sentences"][0]
    sentence |= {"translation": "The entry fee is 20 euros.", "support": "supported"}
    assert "support-changed" not in {
        finding.kind for finding in check(value, library).findings if finding.sentence == 1
    }
    sentence["translation"] = "The entry fee is 25 euros."
    assert "support-changed" in {finding.kind for finding in check(value, library).findings if finding.sentence == 1}
