"""An answer in another language than the documents."""

from collections.abc import Callable
from pathlib import Path

from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.stores.sqlite_library import SqliteLibrary
from tests.rag.test_assistant import ask, assistant_with
from tests.support.fakes import ScriptedGenerator

Store = Callable[..., int]


class Bilingual(ScriptedGenerator):
    """Answer in German, and translate what it wrote."""

    systems: tuple[str, ...] = ()

    def begin(self) -> None:
        system = self.seen[0]["content"]
        self.systems += (system,)
        german, english = "Die Brücke von Baden wurde 1868 gebaut.", "The bridge of Baden was built in 1868."
        self.script = english if system.startswith("Translate") else german


def test_a_right_answer_in_another_language_than_the_document_stands(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", "The bridge of Baden was built in 1868, of stone and wood.")
    generator = Bilingual(context_tokens=900)
    assistant = assistant_with(generator, library, tmp_path)
    answer = ask(assistant, "In welchem Jahr wurde die Brücke gebaut?")
    (sentence,) = answer.sentences
    assert (answer.abstained, answer.language, sentence.support) == (False, "de", "supported")
    assert sentence.translation == "The bridge of Baden was built in 1868."
    assert sentence.citations[0].quote.startswith("The bridge of Baden was built in 1868")
    assert any("in German" in system for system in generator.systems)
    assert SYSTEM_PROMPT not in generator.systems
    assert ask(assistant, "In which year was the bridge built?").language == "en"
    assert SYSTEM_PROMPT in generator.systems
