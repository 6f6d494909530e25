"""Accepted files lie in folders of their own, until they are deleted."""

from pathlib import Path

from serving.uploading.accepted_files import AcceptedFiles


def test_a_file_is_moved_in_under_its_name_until_it_is_deleted(tmp_path: Path) -> None:
    files = AcceptedFiles(tmp_path / "accepted")
    (sent := tmp_path / "sent").write_text("Good text.")
    place = files.move_in("a/b.txt", sent)
    assert not sent.exists()
    assert files.path(place, "a/b.txt").suffix == ".txt"
    assert files.path(place, "a/b.txt").read_text() == "Good text."
    files.delete(place)
    files.delete(place)
    assert list((tmp_path / "accepted").iterdir()) == []


def test_only_files_that_nobody_knows_are_deleted(tmp_path: Path) -> None:
    files = AcceptedFiles(tmp_path / "accepted")
    files.delete_unknown(set)
    places = []
    for name in ("known", "unknown"):
        (sent := tmp_path / "sent").write_text(name)
        places.append(files.move_in(name, sent))
    files.delete_unknown(lambda: {places[0]})
    assert [path.name for path in (tmp_path / "accepted").iterdir()] == [places[0]]
    files.delete("")
    assert (tmp_path / "accepted").exists()
