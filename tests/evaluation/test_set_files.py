"""Files of JSON lines are read gzipped or not, and documents of a set are found."""

import gzip
from pathlib import Path

from evaluation.set_files import locate, read_json_lines
from tests.support.paths import SAMPLES


def test_lines_are_read_gzipped_or_not_and_end_at_line_feeds_only(tmp_path: Path) -> None:
    text = '{"text": "one\u2028line"}\n\n{"text": "two"}\n'
    (tmp_path / "plain.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    rows = [{"text": "one\u2028line"}, {"text": "two"}]
    assert list(read_json_lines(tmp_path / "plain.jsonl")) == rows
    assert list(read_json_lines(tmp_path / "packed.jsonl.gz")) == rows


def test_a_document_is_beside_the_set_or_among_all_sets_or_one_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "a.md").write_text("A")
    assert locate("a.md", folder) == tmp_path / "a.md"
    (folder / "a.md").write_text("nearer")
    assert locate("a.md", folder) == folder / "a.md"
    assert locate("gone.md", folder) == folder / "gone.md"
    assert locate("project:data/documents/debian-faq.pdf", folder) == SAMPLES / "debian-faq.pdf"
