"""A model hub on this machine: it answers the real client's requests from memory."""

import hashlib
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

COMMIT = "1234567890abcdef1234567890abcdef12345678"
CHAT_CONFIG = b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}'
"""The config.json of a chat model."""

LARGE = 1000
"""Files of this size and more are "large": the hub gives a sha256 for them."""


class FakeHub:
    """Repositories by name, each a dict of files. `log` has the paths requested, with the byte a range began at."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.gated: set[str] = set()
        self.token = ""
        self.false_hashes: set[str] = set()
        self.without_hashes = False
        self.cut_after: int | None = None
        self.fails_after_cut = True
        self.failing = False
        self.log: list[tuple[str, int]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Request", (_Request,), {"hub": self}))
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fetched(self) -> set[str]:
        """Return the names of the files that were requested."""
        return {path.split(f"/resolve/{COMMIT}/")[1] for path, _ in self.log if "/resolve/" in path}

    def describe(self, repository: str) -> dict[str, Any]:
        """Return a repository's metadata as the hub gives it."""
        siblings = [self._sibling(path, content) for path, content in self.repositories[repository].items()]
        return {"id": repository, "modelId": repository, "sha": COMMIT, "siblings": siblings}

    def tree(self, repository: str) -> list[dict[str, Any]]:
        """Return the files of a repository as the hub lists them to who downloads all."""
        files = self.repositories[repository].items()
        return [
            {"type": "file", "path": path, "size": len(content), "oid": _git_sha1(content)} for path, content in files
        ]

    def _sibling(self, path: str, content: bytes) -> dict[str, Any]:
        shown = b"other" if path in self.false_hashes else content
        known: dict[str, Any] = {"rfilename": path, "size": len(content)}
        if self.without_hashes:
            return known
        known["blobId"] = _git_sha1(shown)
        if len(content) >= LARGE:
            known["lfs"] = {"sha256": hashlib.sha256(shown).hexdigest(), "size": len(content), "pointerSize": 134}
        return known


def _git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class _Request(BaseHTTPRequestHandler):
    """One request to `hub`, which a subclass sets."""

    hub: FakeHub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, path = self.hub, self.path.split("?")[0]
        start = int((self.headers.get("Range") or "bytes=0-")[len("bytes=") :].split("-")[0])
        if self.command == "GET":
            hub.log.append((path, start))
        repository = re.split("/(?:resolve|tree)/", path.removeprefix("/api/models/").lstrip("/"))[0]
        if hub.failing and "/resolve/" in path:
            self._refuse(503, "")
        elif repository not in hub.repositories:
            self._refuse(404, "RepoNotFound")
        elif repository in hub.gated and self.headers.get("authorization") != f"Bearer {hub.token}":
            self._refuse(401, "GatedRepo")
        elif "/resolve/" in path:
            self._send(hub.repositories[repository][path.split(f"/resolve/{COMMIT}/")[1]], start)
        elif "/tree/" in path:
            self._send(json.dumps(hub.tree(repository)).encode(), 0)
        else:
            self._send(json.dumps(hub.describe(repository)).encode(), 0)

    def _send(self, content: bytes, start: int) -> None:
        hub, rest = self.hub, content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header(
            "ETag", f'"{hashlib.sha256(content).hexdigest() if len(content) >= LARGE else _git_sha1(content)}"'
        )
        self.end_headers()
        if self.command == "HEAD":
            return
        if hub.cut_after is not None and len(rest) > hub.cut_after:
            rest, hub.cut_after, hub.failing = rest[: hub.cut_after], None, hub.fails_after_cut
            self.close_connection = True
        self.wfile.write(rest)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""
