"""`citewell worker` ingests what is queued until it is told to end; without a database it says what to do."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest.sources.file_store import FolderFiles
from rag.services import Services
from rag.settings import load_settings
from rag.stores.open_stores import open_stores
from rag.types.jobs import Job
from serving.shared_files import SharedFiles
from tests.support.paths import ROOT
from tests.support.servers.postgres_server import PostgresServer
from tests.support.servers.process_group import end_process
from tests.support.waiting import until


@pytest.mark.postgres
@pytest.mark.model
def test_it_takes_in_a_file_and_ends_cleanly(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as name:
        address, library = postgres.address_of(name), tmp_path / "library"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CITEWELL_DATABASE": address}
        command = [sys.executable, "-m", "cli", "worker", "--library", str(library)]
        with subprocess.Popen(command, env=environment, cwd=tmp_path) as worker:
            try:
                with closing(open_stores(library, address, Services(load_settings()).embedder_name)) as stores:
                    jobs, files = stores.jobs, SharedFiles(FolderFiles(library))
                    assert jobs
                    (sent := files.incoming() / "sent").write_text("The oak is old.")
                    place = files.accept("a.txt", sent)
                    jobs.accept(Job(owner="", sender="", name="a.txt", place=place))
                    until(lambda: any(job.state == "ready" for job in jobs.of("")))
            finally:
                end_process(worker)
            assert worker.returncode == 0
