"""`SqlNotes` keeps notes by owner and in order, loses no edit, and leaves no trace of deleted ones."""

import pytest

from rag.errors import ConflictError
from rag.stores.sql_notes import SqlNotes
from tests.contracts.conftest import Place
from tests.support.values import present


def titles(notes: SqlNotes, owner: str = "ann") -> list[str]:
    return [note.title for note in notes.notes(owner)]


def test_a_note_comes_back_as_it_was_written_after_a_restart(notes: SqlNotes, place: Place) -> None:
    written = notes.create("ann", "Fees 🦉", "**20** euros\n\nor so")
    saved = notes.create("ann", "", "", {"answer": "“é”", "nested": [0.1 + 0.2]})
    assert notes.notes("ann") == [written, saved]
    assert (written.record, written.version) == (None, 1)
    assert place.open().notes.notes("ann") == [written, saved]


def test_nobody_reaches_another_ones_note(notes: SqlNotes) -> None:
    id_ = notes.create("ann", "Secret", "", {"answer": "x"}).id
    assert notes.find(id_, "bob") is None
    assert notes.notes("bob") == []
    assert notes.edit(id_, "bob", "mine", "", 1) is None
    assert notes.move(id_, "bob", 0) is False
    assert notes.delete(id_, "bob") is False
    assert notes.rewrite("bob", ["x"], lambda _: {"answer": "y"}) == 0
    assert titles(notes) == ["Secret"]
    assert present(notes.find(id_, "ann")).record == {"answer": "x"}


def test_owners_are_those_who_have_notes(notes: SqlNotes) -> None:
    kept = [notes.create(owner, "Fees") for owner in ("ann", "", "ann")]
    assert notes.owners() == {"ann", ""}
    notes.delete(kept[1].id, "")
    assert notes.owners() == {"ann"}


def test_notes_are_put_in_any_order_and_new_ones_come_last(notes: SqlNotes) -> None:
    ids = {title: notes.create("ann", title).id for title in "abc"}
    notes.create("bob", "other")
    assert notes.move(ids["c"], "ann", 0)
    assert titles(notes) == ["c", "a", "b"]
    assert notes.move(ids["c"], "ann", 1)
    assert titles(notes) == ["a", "c", "b"]
    assert notes.move(ids["a"], "ann", 99)
    assert titles(notes) == ["c", "b", "a"]
    assert notes.move(ids["a"], "ann", -5)
    notes.create("ann", "d")
    assert titles(notes) == ["a", "c", "b", "d"]
    assert titles(notes, "bob") == ["other"]


def test_an_edit_of_an_outdated_version_is_refused_and_changes_nothing(notes: SqlNotes, place: Place) -> None:
    note = notes.create("ann", "Fee", "xylophone")
    edited = notes.edit(note.id, "ann", "Fee", "25 euros", note.version)
    assert edited
    assert (edited.text, edited.version, edited.created_at) == ("25 euros", 2, note.created_at)
    with pytest.raises(ConflictError, match="changed in another tab"):
        notes.edit(note.id, "ann", "Fee", "30 euros", note.version)
    assert notes.find(note.id, "ann") == edited
    assert not place.is_on_disk or b"xylophone" not in place.left()


def test_deleting_leaves_nothing_behind(notes: SqlNotes, place: Place) -> None:
    id_ = notes.create("ann", "xylophonist", "Zanzibar", {"answer": "quixotic"}).id
    notes.create("ann", "Something else")
    assert notes.delete(id_, "ann") is True
    assert notes.delete(id_, "ann") is False
    assert titles(notes) == ["Something else"]
    if place.is_on_disk:
        left = place.left()
        assert b"Something else" in left
        assert not [word for word in (b"xylophonist", b"Zanzibar", b"quixotic") if word in left]


def test_records_that_hold_a_value_are_rewritten_and_words_of_the_user_stay(notes: SqlNotes, place: Place) -> None:
    saved = notes.create("ann", "Zanzibar?", "my words", {"document": 'a "map"', "answer": "quixotic"})
    notes.create("ann", "Other", "", {"document": "b", "answer": "kept"})
    notes.create("ann", "Written", 'a "map"')
    assert notes.rewrite("ann", ['a "map"', "c"], lambda record: {**record, "answer": "gone"}) == 1
    changed = present(notes.find(saved.id, "ann"))
    assert (changed.title, changed.text, changed.version) == ("Zanzibar?", "my words", 1)
    assert changed.record == {"document": 'a "map"', "answer": "gone"}
    assert not place.is_on_disk or b"quixotic" not in place.left()
