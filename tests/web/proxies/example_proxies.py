"""Run the examples of `deploy/` on loopback: nginx and Caddy, as Debian has them, before an app."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.paths import ROOT
from tests.support.servers.free_port import free_port
from tests.support.servers.process_group import end_process

DEPLOY = ROOT / "deploy"
_WAIT_S = 20


def nginx_configuration(folder: Path, app: str, port: int, prefix: str) -> str:
    """Return the example with another port, without TLS, and in a file that nginx can run from."""
    example = (DEPLOY / "nginx.conf").read_text()
    example = re.sub(r"\n *ssl_certificate.*", "", example).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    example = example.replace("http://127.0.0.1:7860", f"{app}/" if prefix else app)
    example = example.replace("location / {", f"location {prefix}/ {{")
    logs = f"access_log off; error_log {folder}/error.log; client_body_temp_path {folder}/bodies;"
    return f"daemon off; pid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{logs}\n{example}\n}}\n"


def caddy_configuration(app: str, port: int) -> str:
    """Return the example with another port and without TLS; it writes nothing outside."""
    example = (DEPLOY / "Caddyfile").read_text()
    example = example.replace("docs.example.org {", f"http://127.0.0.1:{port} {{\n\tbind 127.0.0.1")
    return "{\n\tadmin off\n}\n" + example.replace("127.0.0.1:7860", urlsplit(app).netloc)


@contextmanager
def nginx(folder: Path, app: str, prefix: str = "", *, buffers: bool = False) -> Iterator[str]:
    port = free_port()
    file = folder / "nginx.conf"
    written = nginx_configuration(folder, app, port, prefix)
    file.write_text(written.replace("proxy_buffering off;", "") if buffers else written)
    with _running([_program("nginx"), "-c", str(file), "-e", str(folder / "start.log")], port) as address:
        yield address + prefix


@contextmanager
def caddy(folder: Path, app: str) -> Iterator[str]:
    port = free_port()
    file = folder / "Caddyfile"
    file.write_text(caddy_configuration(app, port))
    with _running([_program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"], port) as address:
        yield address


def is_here(name: str) -> bool:
    return bool(_find(name))


def _find(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


def _program(name: str) -> str:
    found = _find(name)
    assert found
    return found


@contextmanager
def _running(command: list[str], port: int) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            end_process(process)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Connect until something listens, or the process has ended."""
    while process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(_WAIT_S)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(f"the proxy ended with {process.returncode}")
