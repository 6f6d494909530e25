"""The reading process answers every request and forbids what no document needs."""

import pytest

from ingest.sandbox.child import _forbid


@pytest.mark.parametrize("event", ["socket.connect", "subprocess.Popen", "os.system", "os.fork", "urllib.Request"])
def test_connections_and_programs_are_forbidden(event: str) -> None:
    with pytest.raises(RuntimeError, match="a document must not cause this"):
        _forbid(event, ())


@pytest.mark.parametrize("event", ["open", "import", "os.listdir", "compile"])
def test_reading_files_is_not_forbidden(event: str) -> None:
    _forbid(event, ())
