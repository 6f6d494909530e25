"""Print what Citewell and its tests need, but for torch and what stands on it, as requirements for pip.

The tests of a second Python that need no model run without it: the package index has only CUDA builds of torch for most
Pythons, and installing one takes longer than all these tests, and 7 GB.
"""

import re
import sys
import tomllib
from pathlib import Path

STAND_ON_TORCH = {"torch", "accelerate", "sentence-transformers", "xllamacpp"}


def requirements(pyproject: Path) -> list[str]:
    """Return the requirements of the project and of its extra `dev`, those of the extras that it names included."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    found = list(project["dependencies"])
    waiting = ["dev"]
    for extra in waiting:
        for requirement in extras[extra]:
            if own := re.fullmatch(rf"{project['name']}\[(.*)\]", requirement):
                waiting += own[1].split(",")
            else:
                found.append(requirement)
    return [each for each in found if re.split(r"[\[<>=~! ]", each)[0] not in STAND_ON_TORCH]


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements(Path(__file__).parents[1] / "pyproject.toml")) + "\n")
