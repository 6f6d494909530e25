"""Write a lock for this platform and Python, the versions of constraints.txt with the hash of each file: `make lock`.

pip resolves, and reports the hash of each file it would install. No address is kept: where pip finds the files is the
matter of whoever installs.
"""

import json
import platform
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
HEADER = """\
# What Citewell needs on this platform, with the hash of each file: made by `make lock`, checked by `make check-lock`.
# torch is the build for CPUs: tell pip where its publisher has these (PIP_EXTRA_INDEX_URL), or of a folder of wheels
# (PIP_FIND_LINKS).
"""


def lock_path() -> Path:
    """Return the lock of this platform and Python, as `requirements/lock-linux-x86_64-py311.txt`."""
    system = sysconfig.get_platform().rpartition("-")[0].split("-")[0] or platform.system().lower()
    return FOLDER / f"lock-{system}-{platform.machine().lower()}-py{sys.version_info[0]}{sys.version_info[1]}.txt"


def wanted() -> list[str]:
    """Return what pyproject.toml asks for: to build Citewell, and to run it with traces."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [
        *project["build-system"]["requires"],
        "editables",  # hatchling's, for an editable installation
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["traces"],
    ]


def resolved(requirements: list[str]) -> list[dict[str, Any]]:
    """Return pip's report of the files it would install, into an environment that has nothing."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--only-binary=:all:",
    ]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        constraints = ["--constraint", str(ROOT / "constraints.txt"), "--report", str(report)]
        subprocess.run([*command, *constraints, *requirements], check=True)  # noqa: S603  fixed words
        installed: list[dict[str, Any]] = json.loads(report.read_text())["install"]
    return installed


def lock_lines(installed: list[dict[str, Any]]) -> list[str]:
    """Return the lines of a lock, by name."""
    lines = []
    for each in installed:
        name, version = each["metadata"]["name"], each["metadata"]["version"]
        hashed = each["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{name.lower().replace('_', '-').replace('.', '-')}=={version} --hash=sha256:{hashed}")
    return sorted(lines)


if __name__ == "__main__":
    if sys.argv[1:] == ["--path"]:
        sys.stdout.write(f"{lock_path()}\n")
        sys.exit()
    found = resolved(wanted())
    FOLDER.mkdir(exist_ok=True)
    lock_path().write_text(HEADER + "\n".join(lock_lines(found)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} files: {lock_path().relative_to(ROOT)}\n")
