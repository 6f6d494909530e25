"""Ingest documents with two nodes of a Ray cluster, and with one process, and compare speed and results.

    python -m benchmarks.load.ray_nodes data/documents

Both are the command that a person types, with the model of the settings; seconds are those it prints, from the first
look at the files to the last commit, loading the model included. The nodes are processes of this machine: they show
what the cluster costs, not what more machines give. Then each document of one is compared with that of the other.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from rag.interfaces import Vectors
from rag.services import Services
from rag.settings import load_settings
from rag.types import Chunk
from tests.support.servers.ray_cluster import ray_cluster

_NODES = 2
_CPUS = 3

_Content = tuple[list[Chunk], Vectors]


def _ingest(what: str, library: Path, paths: Sequence[str], environment: Mapping[str, str], *options: str) -> float:
    """Ingest paths in a process of its own, print how fast that was, and return pages a second."""
    command = [sys.executable, "-m", "cli", "ingest", *paths, "--library", str(library), "--json", *options]
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)  # noqa: S603
    if not done.stdout:
        sys.exit(done.stderr)
    printed = json.loads(done.stdout)
    pages = sum(file["pages"] for file in printed["files"] if file["status"] == "added")
    failed = sum(file["status"] == "failed" for file in printed["files"])
    rate: float = pages / printed["seconds"]
    print(
        f"{what}: {pages} pages of {len(printed['files'])} files ({failed} failed), {printed['seconds']:.0f} s, "
        f"{rate:.2f} pages/s"
    )
    return rate


def _documents(folder: Path) -> dict[str, _Content]:
    """Return chunks and vectors of each document, by the hash of its content."""
    with Services(load_settings(library=folder)) as services:
        library = services.library
        ids = {document.sha256: library.chunk_ids({document.id}) for document in library.documents()}
        return {sha: (library.chunks(own), library.known_vectors(own)[1]) for sha, own in ids.items()}


def compare(one: Mapping[str, _Content], other: Mapping[str, _Content]) -> str:
    """Return in words how the documents of two libraries differ."""
    differing = [sha for sha in {*one, *other} if not _same_chunks(one.get(sha), other.get(sha))]
    shared = [sha for sha in one if sha in other and sha not in differing]
    most = max((float(np.abs(one[sha][1] - other[sha][1]).max(initial=0)) for sha in shared), default=0.0)
    return (
        f"{len(shared)} documents with the same chunks, {len(differing)} without; vectors differ by {most:.1e} at most"
    )


def _same_chunks(one: _Content | None, other: _Content | None) -> bool:
    """Return True if both are there, and the same but for the ids, which depend on the order of storing."""
    if one is None or other is None:
        return False
    return [replace(chunk, id=0, document_id=0) for chunk in one[0]] == [
        replace(chunk, id=0, document_id=0) for chunk in other[0]
    ]


def main() -> None:
    """Measure both, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as made:
        one, many = Path(made) / "one", Path(made) / "many"
        alone = _ingest("one process", one, options.paths, os.environ)
        with ray_cluster(_NODES, _CPUS) as cluster:
            rate = _ingest(f"{_NODES} nodes", many, options.paths, cluster.environment, "--ray", cluster.address)
        print(f"ratio {rate / alone:.2f}; {compare(_documents(one), _documents(many))}")


if __name__ == "__main__":
    main()
