"""All that runs with Citewell is under a licence that goes with Apache-2.0; its tools may also be copyleft."""

from collections.abc import Mapping
from importlib.metadata import Distribution

from tests.supply.installed_licences import licence_of, packages_for, words_of

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "HPND", "ISC",
    "LLVM-exception", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
BY_FILE = {"MPL-2.0"}
"""Copyleft of the package's own files only, which Citewell does not change."""

OF_TOOLS = {"GPL-2.0-only"}

FROM_NVIDIA = ("cuda-", "nvidia-")
"""Packages that a CUDA build of torch requires: pip gets them from NVIDIA, and nobody passes them on with Citewell."""


def forbidden(packages: Mapping[str, Distribution], allowed: set[str]) -> dict[str, set[str]]:
    """Return the packages that name no licence or one that is not allowed, each with its licences."""
    licences = {name: words_of(licence_of(package)) for name, package in packages.items()}
    return {name: each for name, each in licences.items() if not each or each - allowed}


def test_what_runs_with_citewell_may_be_passed_on_with_it() -> None:
    packages = packages_for("traces", "keyring")
    assert {"torch", "gradio", "transformers", "faiss-cpu", "mcp"} <= packages.keys()
    packed = {name: package for name, package in packages.items() if not name.startswith(FROM_NVIDIA)}
    assert forbidden(packed, PERMISSIVE | BY_FILE) == {}


def test_tools_are_under_known_licences() -> None:
    tools = {name: package for name, package in packages_for("dev").items() if not name.startswith(FROM_NVIDIA)}
    assert forbidden(tools, PERMISSIVE | BY_FILE | OF_TOOLS) == {}
