"""Compile the kernels when Citewell is installed, and refuse to build a wheel: it is run from its clone."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_COMPILER_PACKAGE = "ziglang==0.15.2"


class EditableInstallation(BuildHookInterface):  # type: ignore[type-arg]
    """Let an editable installation through, and nothing else; compile the kernels for it."""

    def dependencies(self) -> list[str]:
        """Ask for a C compiler where this machine has none."""
        build = _native_build(Path(self.root))
        return [_COMPILER_PACKAGE] if build.is_supported() and build.find_compiler() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling calls it so
        """Stop a build that is not editable; compile."""
        if version != "editable":
            raise RuntimeError("Citewell is an application, run from its clone: pip install --editable .")
        build = _native_build(Path(self.root))
        if build.is_supported():
            try:
                build.compile_kernels()
            except build.CompilerError as error:  # it runs without them, slower, and says so
                self.app.display_warning(str(error))


def _native_build(root: Path) -> ModuleType:
    """Import the module from its file: the packages that Citewell imports are not installed yet."""
    spec = importlib.util.spec_from_file_location(
        "native_build", root / "rag" / "models" / "kernels" / "native_build.py"
    )
    assert spec is not None  # noqa: S101  the file exists
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
