"""An answer in another language than the documents, from the question to the stored record."""

from collections.abc import Callable
from pathlib import Path

from rag.exports.conversation_record import REMOVED
from rag.prompting.system_prompts import SYSTEM_PROMPT
from rag.stores.sqlite_library import SqliteLibrary
from tests.rag.exports.test_redaction import answered, said, without_secret
from tests.rag.test_assistant import ask, assistant_with
from tests.support.fakes import ScriptedGenerator

Store = Callable[..., int]


class Bilingual(ScriptedGenerator):
    """Answer in German, and translate what it wrote."""

    systems: tuple[str, ...] = ()

    def stream(self, messages, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.systems += (messages[0]["content"],)
        german, english = "Die Brücke von Baden wurde 1868 gebaut.", "The bridge of Baden was built in 1868."
        self.script = english if messages[0]["content"].startswith("Translate") else german
        return super().stream(messages, *args, **kwargs)


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


def test_a_sentence_goes_if_its_translation_has_a_word_that_only_the_removed_document_has() -> None:
    before = answered("The entry fee is 20 euros.")
    assert said(without_secret(before)[0]) == ["The entry fee is 20 euros."]
    before["sentences"][0]["translation"] = "The entry fee is 20 euros for xylophonists."
    assert without_secret(before)[0]["answer"] == REMOVED
