"""The kernels are compiled with what compiler there is, and a machine without one says so."""

import ctypes
import os
from pathlib import Path

import pytest

from rag.models.kernels import native_build
from rag.models.kernels.native_build import CompilerError, compile_kernels, find_compiler

needs_compiler = pytest.mark.skipif(
    not native_build.is_supported() or find_compiler() is None, reason="this machine has no C compiler"
)


def compiler(folder: Path, does: str) -> Path:
    script = folder / "compiler"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    return script


@pytest.mark.slow
@needs_compiler
def test_the_kernels_compile_without_a_warning_and_can_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = find_compiler()
    assert command is not None
    monkeypatch.setenv("CC", " ".join([*command, "-Wall -Wextra -Werror"]))
    compile_kernels(tmp_path / "kernels.so")
    compiled = ctypes.CDLL(str(tmp_path / "kernels.so"))
    compiled.citewell_sources.restype = ctypes.c_uint64
    assert compiled.citewell_multiply
    assert compiled.citewell_sources() == native_build.sources_hash()
    assert [path.name for path in tmp_path.iterdir()] == ["kernels.so"]


@pytest.mark.parametrize("changed", ["a.c", "b.h"])
def test_the_hash_of_the_sources_changes_with_each_of_them(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.c", "b.h", "kernels.so"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(native_build, "SOURCES", tmp_path)
    before = native_build.sources_hash()
    (tmp_path / "kernels.so").write_text("compiled")
    assert native_build.sources_hash() == before
    (tmp_path / changed).write_text("two")
    assert native_build.sources_hash() != before


@needs_compiler
def test_a_compiler_that_refuses_the_kernels_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(compiler(tmp_path, "echo too old >&2; exit 1")))
    assert find_compiler() not in (None, [os.environ["CC"]])


def test_without_a_compiler_the_error_has_the_reason_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "kernels.so"
    old.write_text("old")
    monkeypatch.setattr(native_build, "find_compiler", lambda: [str(compiler(tmp_path, "echo no room >&2; exit 1"))])
    with pytest.raises(CompilerError, match="no room"):
        compile_kernels(old)
    monkeypatch.setattr(native_build, "find_compiler", lambda: [str(tmp_path / "absent")])
    with pytest.raises(CompilerError, match="cannot be run"):
        compile_kernels(old)
    assert old.read_text() == "old"
