"""Tell whether a folder is on a network disk."""

import os
from pathlib import Path

import psutil

from ingest.sources.files import exists
from observing.finding import Finding
from rag.runtime.shown_path import shown

_NETWORKS = frozenset({"nfs", "nfs4", "cifs", "smbfs", "smb3", "fuse.sshfs", "afs", "ceph", "glusterfs", "9p", "afpfs"})
"""Types of file systems on which SQLite's locks cannot be relied on."""


def network_disk(about: str, folder: Path) -> Finding | None:
    """Return the finding that a folder, which need not exist yet, is on a network disk; None if it is not."""
    kind = file_system(existing(folder))
    if kind not in _NETWORKS:
        return None
    return Finding(
        about,
        "attention",
        f"{shown(folder)} is on a network disk ({kind}), where locks between programs cannot be relied on.",
        "Keep it on a disk of this machine, and copy backups to the network.",
    )


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest above it that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if exists(path))


def file_system(place: Path) -> str:
    """Return the type of the file system that a path is on; "" if that cannot be told."""
    resolved = str(place.resolve())
    mounted = {each.mountpoint: each.fstype for each in psutil.disk_partitions(all=True)}
    above = [point for point in mounted if _is_below(resolved, point)]
    return str(mounted[max(above, key=len)]) if above else ""


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/\\") + os.sep)
