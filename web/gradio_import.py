"""Import Gradio in three fifths of the time."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

_MODULE, _FUNCTION = "gradio.component_meta", "create_or_modify_pyi"


@contextmanager
def without_type_stubs() -> Iterator[None]:
    """Keep Gradio from writing type stubs of its components for editors while it is imported for the first time.

    It reads the source of each component for them, twice, whenever it is imported. A Gradio without this function is
    imported as it is.
    """
    finder = _WithoutStubs()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _WithoutStubs(PathFinder):
    """Find the module that writes stubs, to be loaded without its function."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target) if fullname == _MODULE else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, _FUNCTION):
            setattr(module, _FUNCTION, _nothing)


def _nothing(*_: Any) -> None: ...
