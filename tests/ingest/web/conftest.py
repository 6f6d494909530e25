"""A site on this machine, and what takes pages in from it: loopback is allowed by the setting that names it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.sources.file_store import FolderFiles
from ingest.sources.page_archive import PageArchive
from ingest.web.fetch import Fetcher, FetchLimits
from ingest.web.network import PrivateHosts
from ingest.web.web_ingestor import WebIngestor
from rag.settings import Settings, load_settings
from tests.ingest.web.site_server import Site, serving_site

LOOPBACK = PrivateHosts.of(["127.0.0.0/8"])


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as served:
        yield served


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(LOOPBACK, FetchLimits(bytes=1_000_000, seconds=20)) as made:
        yield made


@pytest.fixture
def web_settings() -> Settings:
    return load_settings(web_private_hosts=("127.0.0.0/8",), web_delay_seconds=0, web_seconds=20, max_file_mb=1)


@pytest.fixture
def web(ingestor: Ingestor, web_settings: Settings) -> WebIngestor:
    return WebIngestor(ingestor, web_settings)


@pytest.fixture
def archive(tmp_path: Path) -> PageArchive:
    return PageArchive(FolderFiles(tmp_path / "library"))
