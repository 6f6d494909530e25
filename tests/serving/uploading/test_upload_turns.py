"""Users take turns, and each user's files keep their order."""

from serving.uploading.upload_turns import UploadTurns


def test_one_users_many_files_delay_nobodys_one() -> None:
    turns = UploadTurns[str]()
    for number in range(1000):
        turns.put("ann", f"ann {number}")
    turns.put("bob", "bob 0")
    turns.put("bob", "bob 1")
    assert [turns.get() for _ in range(5)] == ["ann 0", "bob 0", "ann 1", "bob 1", "ann 2"]
    turns.put("cid", "cid 0")
    assert [turns.get() for _ in range(2)] == ["ann 3", "cid 0"]
    assert not turns.empty()
