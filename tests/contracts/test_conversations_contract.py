"""`SqlConversations` stores whole answers by owner, and leaves no trace of deleted ones."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rag.errors import LibraryError
from rag.interfaces import Library
from rag.stores.sql_conversations import SqlConversations
from tests.contracts.conftest import Place
from tests.support.values import present


def ask(kept: SqlConversations, question: str, answer: str = "Because.", *, owner: str = "ann") -> str:
    id_ = kept.create(owner).id
    kept.add(id_, owner, {"question": question, "answer": answer})
    return id_


def test_a_conversation_is_named_by_its_first_question_and_keeps_that_name(kept: SqlConversations) -> None:
    id_ = ask(kept, "Why  is\nthe sky blue?")
    kept.add(id_, "ann", {"question": "And the sea?", "answer": "It mirrors."})
    (found,) = kept.conversations("ann")
    assert (found.name, found.exchanges, found.owner) == ("Why is the sky blue?", 2, "ann")
    assert kept.rename(id_, "ann", "  Colours ") is True
    kept.add(id_, "ann", {"question": "And grass?", "answer": "Chlorophyll."})
    assert present(kept.find(id_, "ann")).name == "Colours"


def test_a_long_name_without_spaces_is_cut_and_not_lost(kept: SqlConversations) -> None:
    assert present(kept.find(kept.create("ann", "w" * 500).id, "ann")).name == "w" * 79 + "…"


def test_records_come_back_exactly_and_in_order_after_a_restart_too(kept: SqlConversations, place: Place) -> None:
    id_ = kept.create("ann").id
    records = [{"question": f"Nº {n} 🦉\u0000", "answer": "“é”", "nested": [{"score": 0.1 + 0.2}]} for n in range(12)]
    for record in records:
        kept.add(id_, "ann", record)
    assert [exchange.record for exchange in kept.exchanges(id_, "ann")] == records
    assert [exchange.number for exchange in kept.exchanges(id_, "ann")] == list(range(1, 13))
    kept.configure(id_, "ann", {"temperature": 0.5})
    before = (kept.find(id_, "ann"), kept.exchanges(id_, "ann"))
    again = place.open().conversations
    assert (again.find(id_, "ann"), again.exchanges(id_, "ann")) == before


def test_the_list_has_the_latest_first_and_is_searched_in_any_case_by_name_question_and_answer(
    kept: SqlConversations,
) -> None:
    sky = ask(kept, "Why is the sky blue?", "Rayleigh scattering.")
    sea = ask(kept, "Warum ist das Meer salzig?", "Flüsse bringen SALZ.")
    named = kept.create("ann", "Über 100% sicher_").id
    assert [c.id for c in kept.conversations("ann")][::-1] == [sky, sea, named]
    kept.add(sky, "ann", {"question": "And at dusk?", "answer": "Red."})
    assert kept.conversations("ann")[0].id == sky
    assert [c.id for c in kept.conversations("ann", "rayLEIGH")] == [sky]
    assert [c.id for c in kept.conversations("ann", " FLÜSSE ")] == [sea]
    assert [c.id for c in kept.conversations("ann", "meer")] == [sea]
    assert [c.id for c in kept.conversations("ann", "ÜBER 100%")] == [named]
    assert kept.conversations("ann", "0_s") == [], "% and _ are letters like others"


def test_nobody_reaches_another_ones_conversation(kept: SqlConversations) -> None:
    id_ = ask(kept, "Secret?", owner="ann")
    assert kept.find(id_, "bob") is None
    assert kept.conversations("bob") == []
    assert kept.conversations("bob", "secret") == []
    assert kept.exchanges(id_, "bob") == []
    assert kept.rename(id_, "bob", "mine") is False
    assert kept.configure(id_, "bob", {"passages": 1}) is False
    assert kept.exclude(id_, "bob", set()) is False
    assert kept.excluded(id_, "bob") == set()
    assert kept.rate(id_, "bob", 1, "down") is False
    assert kept.delete(id_, "bob") is False
    with pytest.raises(LibraryError, match="not there any more"):
        kept.add(id_, "bob", {"question": "?", "answer": "!"})
    with pytest.raises(LibraryError, match="not there any more"):
        kept.add(id_, "bob", {"question": "?", "answer": "!"}, after=0)
    assert [e.record["question"] for e in kept.exchanges(id_, "ann")] == ["Secret?"]
    assert [c.id for c in kept.conversations(None)] == [id_], "the person at the shell has everybody's"


def test_a_question_that_is_asked_again_takes_the_place_of_what_came_after(
    kept: SqlConversations, place: Place
) -> None:
    id_ = ask(kept, "One?")
    for question in ("Two, xylophone?", "Three?"):
        kept.add(id_, "ann", {"question": question, "answer": ""})
    assert kept.add(id_, "ann", {"question": "Two again?", "answer": ""}, after=1).number == 2
    assert [e.record["question"] for e in kept.exchanges(id_, "ann")] == ["One?", "Two again?"]
    assert not place.is_on_disk or b"xylophone" not in place.left()


def test_what_somebody_thinks_of_an_answer_is_kept_and_may_change(kept: SqlConversations) -> None:
    id_ = ask(kept, "Why?")
    assert kept.rate(id_, "ann", 1, "down", "The figure is wrong.") is True
    assert [(e.thumb, e.remark) for e in kept.exchanges(id_, "ann")] == [("down", "The figure is wrong.")]
    assert kept.rate(id_, "ann", 1, "") is True
    assert [(e.thumb, e.remark) for e in kept.exchanges(id_, "ann")] == [("", "")]
    assert kept.rate(id_, "ann", 2, "up") is False


def test_records_that_hold_a_value_are_rewritten_whole_conversations_at_a_time_and_leave_nothing(
    kept: SqlConversations, place: Place
) -> None:
    id_ = ask(kept, "Where?", 'In "Zanzibar"\n.')
    kept.add(id_, "ann", {"question": "And then?", "answer": "Back."})
    kept.rate(id_, "ann", 1, "up", "so")
    ask(kept, "Where is Zanzibar?", "Far.")
    ask(kept, "Where?", 'In "Zanzibar"\n.', owner="bob")
    before = kept.find(id_, "ann")
    seen: list[list[str]] = []

    def change(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        seen.append([record["answer"] for record in records])
        return [{**record, "answer": record["answer"].replace('"Zanzibar"', "…")} for record in records]

    assert kept.rewrite("ann", ['In "Zanzibar"\n.', "Atlantis"], change) == 1
    assert seen == [['In "Zanzibar"\n.', "Back."]], "no other conversation is even read"
    (first, second) = kept.exchanges(id_, "ann")
    assert (first.record["answer"], first.thumb, first.remark) == ("In …\n.", "up", "so")
    assert second.record["answer"] == "Back."
    assert kept.find(id_, "ann") == before
    assert kept.rewrite("ann", ['In "Zanzibar"\n.'], change) == 0
    kept.rewrite("bob", ['In "Zanzibar"\n.'], change)
    assert not place.is_on_disk or b'\\"Zanzibar' not in place.left()


def test_a_change_that_fails_half_way_changes_nothing(kept: SqlConversations) -> None:
    id_ = ask(kept, "One?")
    ask(kept, "Two?")

    def change(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        if records[0]["question"] == "Two?":
            raise LibraryError("no")
        return [{**record, "answer": ""} for record in records]

    with pytest.raises(LibraryError, match="no"):
        kept.rewrite("ann", ["Because."], change)
    assert kept.exchanges(id_, "ann")[0].record["answer"] == "Because."


def test_what_was_begun_long_ago_and_never_answered_is_forgotten(kept: SqlConversations) -> None:
    answered, begun = ask(kept, "Why?"), kept.create("bob", "How?").id
    now = datetime.now(UTC)
    kept.forget_unanswered(now - timedelta(hours=1))
    assert kept.find(begun, "bob") is not None
    kept.forget_unanswered(now.astimezone(timezone(timedelta(hours=-7))) + timedelta(seconds=1))
    assert (kept.find(begun, "bob"), kept.find(answered, "ann") is None) == (None, False)


def test_an_open_question_is_found_by_whoever_opens_the_conversation_until_it_is_answered(
    kept: SqlConversations, place: Place
) -> None:
    id_, begun = ask(kept, "Why?"), kept.create("ann").id
    assert kept.find(id_, "ann") == kept.conversations("ann")[1]
    key = kept.open_question(begun, "ann", "Is the\nÖSPREY here?", 60)
    other = place.open().conversations
    (found, answered) = other.conversations("ann")
    assert (found.id, found.name, found.exchanges) == (begun, "Is the ÖSPREY here?", 0)
    assert (found.unanswered, found.is_being_answered) == ("Is the\nÖSPREY here?", True)
    assert (answered.unanswered, answered.is_being_answered) == ("", False)
    assert [each.id for each in other.conversations("ann", "ösprey")] == [begun]
    kept.add(begun, "ann", {"question": "Is the ÖSPREY here?", "answer": "Yes."}, after=0, asked=key)
    found = other.conversations("ann")[0]
    assert (found.unanswered, found.exchanges, other.exchanges(begun, "ann")[0].number) == ("", 1, 1)


def test_an_open_question_that_nobody_holds_is_not_being_answered(kept: SqlConversations) -> None:
    id_ = ask(kept, "Why?")
    key = kept.open_question(id_, "ann", "Why not?", -1)
    found = present(kept.find(id_, "ann"))
    assert (found.unanswered, found.is_being_answered, found.exchanges) == ("Why not?", False, 1)
    kept.hold_question(key, 60)
    assert (again := kept.find(id_, "ann")) is not None
    assert again.is_being_answered


def test_a_question_asked_later_takes_the_place_of_an_open_one_whose_answer_leaves_it_alone(
    kept: SqlConversations, place: Place
) -> None:
    def unanswered() -> str:
        return kept.conversations("ann")[0].unanswered

    id_ = kept.create("ann", "Talk").id
    earlier, later = (kept.open_question(id_, "ann", question, 60) for question in ("A xylophone?", "Two?"))
    kept.drop_question(earlier)
    kept.add(id_, "ann", {"question": "A sitar?", "answer": "One."}, asked=earlier)
    assert unanswered() == "Two?"
    kept.drop_question(later)
    assert unanswered() == ""
    kept.open_question(id_, "ann", "Three?", 60)
    kept.add(id_, "ann", {"question": "Four?", "answer": "Yes."})
    assert unanswered() == "", "who has no key goes on after whatever was open"
    assert not place.is_on_disk or b"xylophone" not in place.left()


def test_an_open_question_is_its_owners_and_goes_with_its_conversation(kept: SqlConversations, place: Place) -> None:
    id_ = kept.create("ann").id
    with pytest.raises(LibraryError, match="not there any more"):
        kept.open_question(id_, "bob", "Mine?", 60)
    key = kept.open_question(id_, "ann", "A xylophone?", -1)
    kept.forget_unanswered(datetime.now(UTC) + timedelta(seconds=1))
    assert kept.find(id_, "ann") is not None, "a question is never forgotten by itself"
    assert kept.delete(id_, "ann")
    kept.hold_question(key, 60)
    kept.drop_question(key)
    assert kept.conversations("ann") == []
    assert not place.is_on_disk or b"xylophone" not in place.left()


def test_deleting_leaves_nothing_behind(kept: SqlConversations, place: Place) -> None:
    id_ = ask(kept, "Where is the xylophonist?", "In Zanzibar.")
    ask(kept, "Something else?")
    kept.rate(id_, "ann", 1, "down", "quixotic")
    assert kept.delete(id_, "ann") is True
    assert kept.delete(id_, "ann") is False
    assert kept.find(id_, "ann") is None
    assert [found.name for found in kept.conversations("ann")] == ["Something else?"]
    if place.is_on_disk:
        left = place.left()
        assert b"Something else" in left
        assert not [word for word in (b"xylophonist", b"Zanzibar", b"quixotic") if word in left]


def test_documents_that_are_not_asked_are_kept_until_they_are_removed(
    kept: SqlConversations, library: Library, store_text: Callable[..., int]
) -> None:
    one, two = store_text("a.txt", "old"), store_text("b.txt", "text")
    id_, other = ask(kept, "Why?"), ask(kept, "Why not?")
    assert kept.exclude(id_, "ann", {one, two, 999, 10**30}) is True
    assert kept.excluded(id_, "ann") == {one, two}
    assert kept.excluded(other, "ann") == set()
    store_text("a.txt", "new")
    assert kept.excluded(id_, "ann") == {one, two}, "a new version is the same document"
    library.remove_all([two])
    assert kept.excluded(id_, "ann") == {one}
    assert kept.exclude(id_, "ann", set()) is True
    assert kept.excluded(id_, "ann") == set()
