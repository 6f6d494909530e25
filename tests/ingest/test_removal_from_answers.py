"""A removed document leaves no word in stored conversations, which keep their quotes of other documents."""

import re
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import Ingestor
from ingest.removal import forget_sources, remove_documents
from rag.answering.prompt_search import SearchSettings
from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.assistant import Assistant, KeepOrder
from rag.exports.conversation_record import REMOVED
from rag.grounding.abstention import NOT_FOUND
from rag.retrieval.hybrid import HybridRetriever
from rag.services import Services
from rag.stores.index_sync import SearchIndexes
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer, Exchange
from rag.types.decoding import Decoding
from tests.ingest.test_removal import SECRET, Store, files_with
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.library_services import services_over
from web.chat.history import ChatHistory
from web.chat.state import Conversation, TabState


@pytest.fixture
def services(library: SqliteLibrary, tmp_path: Path) -> Iterator[Services]:
    with services_over(library, tmp_path, indexes=SearchIndexes(tmp_path / "library", library, 48)) as made:
        yield made


def assistant(services: Services, generator: ScriptedGenerator) -> Assistant:
    return Assistant(
        services.library,
        HybridRetriever(services.library, services.indexes, WordEmbedder(), dense_weight=0.7),
        KeepOrder(),
        generator,
        services.scorer,
        services.abstention,
        SearchSettings(passages=6, candidates=6, system_prompt=SYSTEM_PROMPT, decoding=Decoding(max_new_tokens=50)),
        max_question_chars=200,
    )


def ask(
    services: Services, script: str, question: str, talk: Conversation, within: AbstractSet[int] | None = None
) -> Answer:
    """The assistant's answer in a conversation; its model writes the script."""
    *_, answer = assistant(services, ScriptedGenerator(script)).ask(question, talk.history, within=within)
    assert isinstance(answer, Answer)
    return answer


def test_a_removed_document_leaves_no_word_in_a_stored_conversation_which_continues_without_it(
    services: Services, store_text: Store, tmp_path: Path
) -> None:
    folder, history = tmp_path / "library", ChatHistory(services)
    public = store_text("fees.txt", "The entry fee is 20 euros.", "The office opens at nine.")
    secret = store_text("secret.txt", f"The {SECRET} takeover begins in May.", "Quuxcorp pays 300 dollars.")
    talk = Conversation()
    for question, script in (
        (
            "What is the fee, and when does the takeover begin?",
            f"The entry fee is 20 euros. The {SECRET} takeover begins in May.",
        ),
        ("And who pays?", f"Quuxcorp pays 300 dollars. It is {SECRET} that they do. The office opens at nine."),
        ("And why?", "I could not find this in the documents."),
    ):
        talk = history.add(talk, ask(services, script, question, talk), "")
    before = history.open(TabState(conversation=talk.id), Conversation(), "").answers
    assert files_with(folder, SECRET)
    removal = remove_documents(services, [secret])
    assert (removal.unknown, removal.answers) == ([], 3)
    for word in (SECRET, "Quuxcorp", "secret.txt"):
        assert files_with(folder, word) == [], word
    opened = history.open(TabState(conversation=talk.id), Conversation(), "")
    assert [answer.text for answer in opened.answers] == [
        f"The entry fee is 20 euros. {REMOVED}",
        f"{REMOVED} The office opens at nine.",
        NOT_FOUND,
    ]
    assert opened.answers[0].sentences[0].citations == before[0].sentences[0].citations
    assert opened.answers[1].sentences[0].citations == before[1].sentences[2].citations
    generator = ScriptedGenerator("The office opens at nine.")
    services.__dict__["assistant"] = assistant(services, generator)
    *_, answer = services.assistant.ask("When, again?", opened.history)
    assert isinstance(answer, Answer)
    assert {passage.chunk.document_id for passage in answer.passages} == {public}
    assert not re.search(f"{SECRET}|Quuxcorp|secret|emoved", str(generator.seen))


def test_the_same_content_elsewhere_and_other_owners_keep_their_answers(
    services: Services, library: SqliteLibrary, store_text: Store, ingestor: Ingestor, tmp_path: Path
) -> None:
    history = ChatHistory(services)
    talks = {}
    for owner in ("", "ann"):
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text("Dogs bark at night.")
            ingestor.ingest_file(tmp_path / name, source=f"{owner}/{name}", owner=owner)
        within = {document.id for document in library.documents(owner)}
        answer = ask(services, "Dogs bark at night.", "When do dogs bark?", Conversation(), within)
        talks[owner] = history.add(Conversation(), answer, owner).id

    def answers() -> list[str]:
        return [services.conversations.exchanges(id_, None)[0].record["answer"] for id_ in talks.values()]

    def forget(*names: str) -> None:
        forget_sources(services, [entry for entry in library.ledger("") if entry.name in names])

    forget("a.txt")
    assert answers() == ["Dogs bark at night."] * 2, "its content is there as b.txt"
    forget("b.txt")
    assert answers() == [REMOVED, "Dogs bark at night."]


def test_answers_of_a_replaced_version_stay_until_the_document_is_removed(
    services: Services, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", f"The {SECRET} dogs bark.")
    history = ChatHistory(services)
    talk = history.add(Conversation(), ask(services, f"The {SECRET} dogs bark.", "Who barks?", Conversation()), "")
    id_ = store_text("a.txt", "Cats do not bark.")
    (opened,) = history.open(TabState(conversation=talk.id), Conversation(), "").answers
    assert opened.sentences[0].citations[0].quote == f"The {SECRET} dogs bark."
    remove_documents(services, [id_])
    assert files_with(tmp_path / "library", SECRET) == []


def test_a_removal_that_is_killed_leaves_no_quotes_of_removed_documents(
    services: Services, store_text: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = store_text("a.txt", "Dogs bark.")
    talk = ChatHistory(services).add(Conversation(), ask(services, "Dogs bark.", "Who barks?", Conversation()), "")
    monkeypatch.setattr(SqliteLibrary, "remove_all", lambda *_: pytest.fail("killed before the rows are removed"))
    with pytest.raises(BaseException, match="killed"):
        remove_documents(services, [id_])
    assert services.conversations.exchanges(talk.id, "")[0].record["answer"] == REMOVED


def test_an_answer_whose_document_is_removed_while_it_is_written_is_stored_without_it(
    services: Services, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_text("fees.txt", "The entry fee is 20 euros.")
    secret = store_text("secret.txt", f"The {SECRET} takeover begins in May.")
    history = ChatHistory(services)
    script = f"The entry fee is 20 euros. The {SECRET} takeover begins in May."
    talk = history.add(Conversation(), ask(services, script, "What is the fee?", Conversation()), "")
    later = ask(services, f"The entry fee is 20 euros. All is {SECRET}.", "Why?", talk)
    remove_documents(services, [secret])
    monkeypatch.setattr(SqlConversations, "rewrite", lambda *_: 0)  # it is not even stored for a moment
    talk = history.add(talk, later, "")
    assert files_with(tmp_path / "library", SECRET) == []
    records = [exchange.record for exchange in services.conversations.exchanges(talk.id, "")]
    assert [record["answer"] for record in records] == [f"The entry fee is 20 euros. {REMOVED}"] * 2


def test_an_answer_that_is_stored_while_the_removal_runs_has_nothing_of_it(
    services: Services, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = store_text("secret.txt", f"The {SECRET} takeover begins in May.")
    answer = ask(services, f"The {SECRET} takeover begins in May.", "What begins?", Conversation())
    remove_all = SqliteLibrary.remove_all

    def remove_late(library: SqliteLibrary, document_ids: Collection[int]) -> list[int]:
        ChatHistory(services).add(
            Conversation(), answer, ""
        )  # the stored answers are redacted, the rows not yet deleted
        return remove_all(library, document_ids)

    monkeypatch.setattr(SqliteLibrary, "remove_all", remove_late)
    assert remove_documents(services, [id_]).answers == 1
    assert files_with(tmp_path / "library", SECRET) == []


def test_an_answer_that_was_about_to_be_stored_when_the_removal_ran_has_nothing_of_it(
    services: Services, store_text: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = store_text("secret.txt", f"The {SECRET} takeover begins in May.")
    answer = ask(services, f"The {SECRET} takeover begins in May.", "What begins?", Conversation())
    add = SqlConversations.add

    def add_late(*values: Any, asked: str | None = None) -> Exchange:
        remove_documents(services, [id_])  # the document existed when the answer was prepared for storing
        return add(*values, asked=asked)

    monkeypatch.setattr(SqlConversations, "add", add_late)
    ChatHistory(services).add(Conversation(), answer, "")
    assert files_with(tmp_path / "library", SECRET) == []
