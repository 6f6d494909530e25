"""Print the versions installed in virtual environments as pip constraints: `make constraints`.

Each environment has another Python. Where they have different versions of a package, a marker tells them apart.
"""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

FOLLOW_TORCH = ("cuda-", "nvidia-", "triton")
"""Packages that torch's own requirements pin, for some builds only."""

HEADER = "# Versions with which CI was green; `make test` installs them. Made by `make constraints`.\n"


def versions_in(venv: Path) -> tuple[str, dict[str, str]]:
    """Return the Python version of an environment, "3.11", and the version of each package in it."""
    python = str(venv / "bin" / "python")
    minor = "import sys; print('%d.%d' % sys.version_info[:2])"
    (version,) = _output(python, "-c", minor)
    frozen = [line for line in _output(python, "-m", "pip", "freeze", "--exclude-editable") if "==" in line]
    installed = (line.lower().split("==") for line in frozen if not line.lower().startswith(FOLLOW_TORCH))
    return version, {name: number.split("+")[0] for name, number in installed}


def constraints(environments: dict[str, dict[str, str]]) -> list[str]:
    """Return a line for each package, or one for each version of it with the Pythons that have it."""
    pythons = sorted(environments, key=lambda version: int(version.split(".")[1]))
    lines = []
    for name in sorted({name for packages in environments.values() for name in packages}):
        users: defaultdict[str, list[str]] = defaultdict(list)
        for python in pythons:
            if number := environments[python].get(name):
                users[number].append(python)
        lines += [
            f"{name}=={number}{_marker(those, pythons, is_alone=len(users) == 1)}" for number, those in users.items()
        ]
    return lines


def _marker(those: list[str], pythons: list[str], *, is_alone: bool) -> str:
    if is_alone:
        return ""
    if those == pythons[-len(those) :]:
        return f'; python_version >= "{those[0]}"'
    return "; " + " or ".join(f'python_version == "{python}"' for python in those)


def _output(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603  fixed words


if __name__ == "__main__":
    sys.stdout.write(HEADER + "\n".join(constraints(dict(versions_in(Path(venv)) for venv in sys.argv[1:]))) + "\n")
