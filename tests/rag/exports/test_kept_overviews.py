"""The second summary of a document is the first one, as long as document, model and settings are the same."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event as Cancel
from typing import Any

import pytest

from rag.answering.ask_options import AskOptions
from rag.services import Services
from rag.settings import Settings
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer, Cited, Overview, Retrieved, Token, Turn
from rag.types.decoding import Decoding
from tests.support.fakes import ScriptedGenerator, WordEmbedder

Store = Callable[..., int]
QUESTION = "Summarise this document."
RULES = ("Boats moor at the north quay.", "The harbour closes at ten in the evening.")


class Rig:
    """An assistant over a library with one document, and a model that writes what it is told to."""

    def __init__(self, library: SqliteLibrary, folder: Path) -> None:
        self.library = library
        self.folder = folder
        self.generator = ScriptedGenerator(RULES[0], context_tokens=4096)
        self.services: Services | None = None

    def ask(self, question: str = QUESTION, history: Sequence[Turn] = (), **more: Any) -> list[Any]:
        settings = more.pop("settings", {})
        within = more.pop("within", None)
        cancelled = more.pop("cancelled", None)
        options = AskOptions(**more) if more else None
        with Services(Settings(library=self.folder, embedder="words", **settings)) as services:
            services.__dict__.update(library=self.library, embedder=WordEmbedder(), generator=self.generator)
            return list(services.assistant.ask(question, history, within=within, options=options, cancelled=cancelled))

    def answer(self, question: str = QUESTION, history: Sequence[Turn] = (), **more: Any) -> Answer:
        *_, answer = self.ask(question, history, **more)
        assert isinstance(answer, Answer)
        return answer


@pytest.fixture
def rig(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> Rig:
    store_text("rules.txt", *RULES)
    return Rig(library, tmp_path / "library")


def test_the_second_time_it_is_there_at_once_with_the_same_sources(rig: Rig) -> None:
    first = rig.answer()
    rig.generator.script = "The harbour closes at ten in the evening."
    rig.generator.seen = []
    _, retrieved, token, cited, again = rig.ask()
    assert rig.generator.seen == []
    assert isinstance(retrieved, Retrieved)
    assert token == Token(first.text)
    assert cited == Cited(first.sentences)
    assert (again.text, again.sentences) == (first.text, first.sentences)
    assert again.confidence == pytest.approx(first.confidence, abs=1e-4)
    shown = [(each.chunk.id, each.chunk.document_id, each.chunk.text) for each in first.passages]
    assert [(each.chunk.id, each.chunk.document_id, each.chunk.text) for each in again.passages] == shown
    assert first.kept_from == ""
    assert again.kept_from.startswith("20")
    assert again.timings.output_tokens == 0


def test_asked_for_a_fresh_one_it_is_written_anew_and_kept_instead(rig: Rig) -> None:
    rig.answer()
    rig.generator.script = RULES[1]
    assert rig.answer(fresh=True).kept_from == ""
    again = rig.answer()
    assert (again.text, bool(again.kept_from)) == (RULES[1], True)


@pytest.mark.parametrize("options", [{"passages": 3}, {"decoding": Decoding(temperature=0.5)}])
def test_settings_of_its_own_neither_use_nor_keep_an_overview(rig: Rig, options: dict[str, Any]) -> None:
    rig.answer()
    assert rig.answer(**options).kept_from == ""
    (kept,) = rig.library.overviews(1)
    rig.generator.script = RULES[1]
    rig.answer(**options)
    assert rig.library.overviews(1) == [kept]


def test_what_is_refused_stopped_or_cut_is_not_kept(rig: Rig) -> None:
    rig.generator.script = "France won the cup."
    assert rig.answer().abstained
    cancelled = Cancel()
    cancelled.set()
    rig.generator.script = RULES[0]
    assert rig.answer(cancelled=cancelled).stop_reason == "cancelled"
    assert rig.answer(settings={"max_new_tokens": 3}).stop_reason == "length"
    assert rig.library.overviews(1) == []


def test_a_changed_document_is_summarised_anew(rig: Rig, store_text: Store) -> None:
    rig.answer()
    store_text("rules.txt", *RULES, "Dogs stay ashore.")
    assert rig.answer().kept_from == ""
    assert rig.answer().kept_from


def test_a_damaged_overview_is_replaced(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.answer()
    kept = rig.library.overviews(1)[0]
    broken = {**kept.record, "sentences": "none"}
    damaged = Overview(document_id=1, language="en", model=kept.model, record=broken, made_at=kept.made_at)
    assert rig.library.keep_overview(damaged, rig.library.chunk_ids())
    assert rig.answer().kept_from == ""
    assert "is not used" in caplog.text
    assert rig.answer().kept_from


def test_a_document_outside_the_search_has_no_overview_to_show(rig: Rig, store_text: Store) -> None:
    rig.answer()
    other = store_text("menu.txt", "Soup is served at noon.")
    rig.generator.script = "Soup is served at noon."
    assert rig.answer(within={other}).text == "Soup is served at noon."
    assert rig.answer(within={1}).text == RULES[0]


def test_the_content_filter_of_now_judges_what_was_kept(rig: Rig, tmp_path: Path) -> None:
    rig.answer()
    patterns = tmp_path / "patterns.txt"
    patterns.write_text("quay\n")
    assert rig.answer(settings={"content_filter": patterns}).kept_from == ""
