"""A library in a folder has uploads of its own; one in a database shares them, and may leave them to workers."""

from pathlib import Path

import pytest

from ingest.pipeline import open_ingestor
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import load_settings
from serving.local_uploads import LocalUploads
from serving.shared_uploads import SharedUploads
from serving.uploads import accepted_of, forget_uploads_of, jobs_of, open_uploads
from tests.serving.sent_files import ended, received
from tests.support.fakes import WordEmbedder


def services_of(address: str | None, folder: Path, *, ingest_uploads: bool = True) -> Services:
    settings = load_settings(database=address, library=folder, ingest_uploads=ingest_uploads, embedder="words")
    services = Services(settings)
    services.__dict__["embedder"] = WordEmbedder()
    return services


def test_a_library_in_a_folder_shares_nothing(tmp_path: Path) -> None:
    with services_of(None, tmp_path) as services:
        assert isinstance(open_uploads(services, open_ingestor(services)), LocalUploads)
        assert forget_uploads_of(services, "ann") == 0
        assert accepted_of(services, "ann") == []
        with pytest.raises(SettingsError, match="set 'database'"):
            jobs_of(services)


@pytest.mark.postgres
def test_a_server_takes_in_uploads_unless_they_are_left_to_workers(postgres_address: str, tmp_path: Path) -> None:
    with (
        services_of(postgres_address, tmp_path / "library", ingest_uploads=False) as leaving,
        services_of(postgres_address, tmp_path / "library") as taking,
    ):
        uploads = open_uploads(leaving, open_ingestor(leaving))
        assert isinstance(uploads, SharedUploads)
        upload = uploads.add("ann", "a.txt", received(uploads, b"Good text.", "a.txt"))
        assert forget_uploads_of(leaving, "ann") == 1
        ((listed, file),) = accepted_of(leaving, "ann")
        assert (listed.name, file and file.read_bytes()) == ("a.txt", b"Good text.")
        assert accepted_of(leaving, "bob") == []
        open_uploads(taking, open_ingestor(taking))
        assert ended(uploads, upload).state == "ready"
        assert forget_uploads_of(leaving, "ann") == 0
        assert uploads.of("ann") == []
