"""A real PostgreSQL with pgvector on a free port of this machine, in a folder of its own, ended by its process."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.support.servers.server_process import SECONDS_TO_START, ServerProcess

GUARDED = "guarded"
"""A user that has to give a password, which is `PASSWORD`."""

PASSWORD = "s3cret/of@hers"
_NUMBERS = count(1)


def programs() -> Path | None:
    """Return the folder of the server's programs; None if there is no PostgreSQL with pgvector here."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "pg_config").exists():
            shared = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=True)
            if (Path(shared.stdout.strip()) / "extension" / "vector.control").exists():
                return folder
    return None


class PostgresServer(ServerProcess):
    """A running server. `address_of` is where a database is, for its superuser."""

    def __init__(self, programs: Path, primary: "PostgresServer | None" = None) -> None:
        super().__init__("postgres")
        self._programs = programs
        # The server refuses to run as root.
        self._options = {"user": "postgres"} if os.geteuid() == 0 else {}
        if self._options:
            shutil.chown(self._folder, "postgres")
        if primary is None:
            self._make_data()
        else:
            self._run("pg_basebackup", "-h", "127.0.0.1", "-p", primary.port, "-U", "postgres", "-R", "-c", "fast")
        self.start()

    def _make_data(self) -> None:
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "--encoding=UTF8", "--locale=C")
        rules = self._folder / "data" / "pg_hba.conf"
        rules.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")

    def _run(self, program: str, *options: object) -> None:
        command = [str(each) for each in (self._programs / program, "-D", self._folder / "data", *options)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **self._options)

    def _command(self) -> list[str]:
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": self._folder, "port": self.port}
        options |= {"fsync": "off", "full_page_writes": "off", "max_connections": 60, "autovacuum_naptime": "5s"}
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data")]
        return command + [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: connections are cut, and what was committed stays."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(SECONDS_TO_START)
            self._process = None

    def close(self) -> None:
        """End it at once, and delete its data."""
        self.stop(signal.SIGQUIT)
        super().close()

    def address_of(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run a statement as the superuser; return its rows."""
        with psycopg.connect(self.address_of(database), autocommit=True) as db:
            cursor = db.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Yield the name of a new database, and drop it."""
        name = f"library_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a running server, and end it."""
    folder = programs()
    assert folder, "there is no PostgreSQL here"
    server = PostgresServer(folder)
    try:
        server.run(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        server.close()


@contextmanager
def replicated_servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """Yield a primary and the replica that follows it, and end both."""
    with ExitStack() as started:
        primary = started.enter_context(postgres_server())
        folder = programs()
        assert folder
        replica = started.enter_context(closing(PostgresServer(folder, primary)))
        yield primary, replica
