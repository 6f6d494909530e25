"""Files that are sent are received under a name that is a name, and no larger than allowed."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from rag.errors import DocumentError
from serving.received_files import file_name, path_name, receive, stored_copy
from tests.support.coroutines import run_coroutine


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("a\nb\x00.pdf", "a_b_.pdf"),
        ("<script>alert(1)</script>.md", "script>.md"),
        ("ü" * 300 + ".pdf", "ü" * 118 + ".pdf"),
    ],
)
def test_the_name_of_an_upload_is_a_name_and_no_path(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


@pytest.mark.parametrize(
    ("folder", "kept"),
    [
        ("reports/2019", "reports/2019/a.txt"),
        ("/reports//2019/", "reports/2019/a.txt"),
        ("../../etc", "etc/a.txt"),
        ("C:\\reports\\..\\2019", "C:/reports/2019/a.txt"),
        ("", "a.txt"),
        (" . ", "a.txt"),
        ("re\0ports\n", "re_ports_/a.txt"),
    ],
)
def test_a_file_of_a_dropped_folder_is_named_by_its_path_there(folder: str, kept: str) -> None:
    assert path_name(folder, "a.txt") == kept


def test_namesakes_in_deep_folders_stay_apart() -> None:
    one, other = (path_name("/".join(["deep"] * 80 + [last]), "a.txt") for last in ("b", "c"))
    assert one != other
    assert one.endswith(" a.txt")
    assert "/" not in one


def test_a_body_that_is_too_long_leaves_nothing(tmp_path: Path) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"x" * 60
        yield b"x" * 60

    for length in (0, 1000):
        with pytest.raises(DocumentError, match="larger than the limit"):
            run_coroutine(receive(parts(), length, 100, tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert run_coroutine(receive(parts(), 120, 120, tmp_path)).read_bytes() == b"x" * 120


def test_of_a_file_that_cannot_be_read_to_its_end_nothing_is_left(tmp_path: Path) -> None:
    assert stored_copy(BytesIO(b"Good words."), tmp_path).read_bytes() == b"Good words."
    with pytest.raises(OSError, match="broken"):
        stored_copy(_Broken(b"words"), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


class _Broken(BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("broken")
        return super().read(3 if size else size)
