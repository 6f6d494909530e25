"""The compiled kernels: loaded where there are some, and what they run on."""

import ctypes
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from rag.models.kernels import kernel_library as library
from tests.support.kernels.instruction_levels import needs_kernels


def test_a_machine_without_compiled_kernels_is_told_once_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(library, "TARGET", tmp_path / "absent.so")
    monkeypatch.setattr(library, "is_supported", lambda: True)
    assert library.load.__wrapped__() is None
    assert "python -m rag.models.kernels.native_build" in caplog.text


@needs_kernels
def test_kernels_of_other_sources_are_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert library.load.__wrapped__() is not None
    monkeypatch.setattr(library, "sources_hash", lambda: 1)
    assert library.load.__wrapped__() is None
    assert "those of another version" in caplog.text


def test_kernels_that_do_not_say_what_they_were_compiled_from_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_supported", lambda: True)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(citewell_best_isa=lambda: 1))
    assert library.load.__wrapped__() is None


def test_a_processor_that_lacks_the_instructions_has_no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_supported", lambda: True)
    monkeypatch.setattr(library, "_open", lambda: SimpleNamespace(citewell_best_isa=lambda: 0))
    assert library.load.__wrapped__() is None


@needs_kernels
def test_a_changed_byte_changes_the_checksum(tmp_path: Path) -> None:
    file = tmp_path / "file"
    content = bytearray(zlib.crc32(bytes([i % 251])) % 256 for i in range(3_000_001))
    file.write_bytes(content)
    whole = library.file_checksum(file)
    assert library.file_checksum(file) == whole
    for position in (0, 1_048_576, 3_000_000):
        content[position] ^= 1
        file.write_bytes(content)
        assert library.file_checksum(file) != whole
        content[position] ^= 1


@needs_kernels
def test_the_checksum_is_the_standard_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456789")
    assert library.file_checksum(tmp_path / "file") == 0xE3069283  # the check value of CRC-32C


def test_without_an_openmp_that_they_know_the_kernels_compute_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_openmp", lambda: None)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    assert not library.shares_threads()
    assert library.team.__wrapped__(4).threads == 1
