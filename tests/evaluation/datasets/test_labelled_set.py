"""Files of JSON lines are read gzipped or not, and an error says why one cannot be used."""

import gzip
from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import explain, read_json_lines


def test_lines_are_read_gzipped_or_not_and_end_at_line_feeds_only(tmp_path: Path) -> None:
    text = '{"text": "one\u2028line"}\n\n{"text": "two"}\n'
    (tmp_path / "plain.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    rows = [{"text": "one\u2028line"}, {"text": "two"}]
    assert list(read_json_lines(tmp_path / "plain.jsonl")) == rows
    assert list(read_json_lines(tmp_path / "packed.jsonl.gz")) == rows


def test_a_missing_file_is_explained_in_plain_words_and_anything_else_by_its_type(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none") as raised:
        list(read_json_lines(tmp_path / "none.jsonl"))
    assert explain(raised.value) == f"{tmp_path / 'none.jsonl'}: no such file or directory"
    assert explain(KeyError("text")) == "KeyError('text')"
