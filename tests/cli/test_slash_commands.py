"""Commands of the chat."""

import json
from pathlib import Path
from threading import Event

import pytest
import typer

from cli.chat_session import ChatSession
from cli.slash_commands import names, run
from rag.errors import CitewellError


@pytest.fixture
def asked(session: ChatSession) -> ChatSession:
    list(session.ask("How high are the Eiffel tower and the Fernsehturm?", Event()))
    return session


def number_of(session: ChatSession, document: str) -> int:
    return [passage.chunk.document for passage in session.answers[-1].passages].index(document) + 1


def test_help_lists_every_command(session: ChatSession, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(session, "/help")
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == names()
    assert not run(session, " /quit ")


def test_a_quote_is_printed_in_full_and_harmlessly(asked: ChatSession, capsys: pytest.CaptureFixture[str]) -> None:
    run(asked, f"/quote {number_of(asked, 'eiffel.md')}")
    run(asked, f"/quote {number_of(asked, 'turm.md')}")
    run(asked, "/sources")
    out = capsys.readouterr().out
    assert "The Eiffel tower is 330 metres high." in out
    assert "The Fernsehturm is 368 metres high." in out
    assert "2 documents searched" in out
    assert not set(out) & {"\x1b", "\x07"}


def test_a_source_is_opened_unless_it_may_run(asked: ChatSession, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(typer, "launch", opened.append)
    number = number_of(asked, "eiffel.md")
    document = asked.services.library.document(asked.answers[-1].passages[number - 1].chunk.document_id)
    assert document
    run(asked, f"/open {number}")
    assert opened == [document.source]
    Path(document.source).unlink()
    with pytest.raises(CitewellError, match="no file on this machine"):
        run(asked, f"/open {number}")


def test_a_conversation_is_saved_but_nothing_overwritten(asked: ChatSession, tmp_path: Path) -> None:
    run(asked, f"/save {tmp_path / 'talk.json'}")
    assert json.loads((tmp_path / "talk.json").read_text())["answers"]
    for wrong, said in (("talk.json", "is there already"), ("no/x.md", "cannot be written"), ("x", "Say where")):
        with pytest.raises(CitewellError, match=said):
            run(asked, f"/save {tmp_path / wrong}")


def test_kept_conversations_are_listed_and_gone_on_with(asked: ChatSession, capsys: pytest.CaptureFixture[str]) -> None:
    id_ = asked.id
    run(asked, "/new")
    assert asked.answers == ()
    run(asked, "/conversations")
    run(asked, f"/continue {id_}")
    out = capsys.readouterr().out
    assert id_ in out
    assert "Going on with “How high are" in out
    assert len(asked.answers) == 1


def test_what_cannot_be_done_is_a_sentence(session: ChatSession) -> None:
    for line in ("/quote", "/quote 0", "/quote 99", "/quote x", "/quote ²", "/open 1", "/save x.md"):
        with pytest.raises(CitewellError, match=r"^[A-Z].*\."):
            run(session, line)
