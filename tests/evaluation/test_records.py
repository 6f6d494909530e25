"""Records: whole lines are kept, a torn one is dropped, and those of other settings are left alone."""

import json
from pathlib import Path

import pytest

from evaluation.records import Records, read_records
from evaluation.set_files import EvaluationError
from rag.services import Services
from tests.support.labels.labelled_sets import (
    QuestionGenerator,
    ask_all,
    services_with,
)


def test_a_line_that_was_torn_by_a_kill_is_asked_again(
    file: Path, services: Services, generator: QuestionGenerator, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    whole = ask_all(file, services, out=out)
    out.write_bytes(out.read_bytes()[:-20])
    again = ask_all(file, services, out=out)
    assert len(generator.asked) == 4
    assert again.answerable == whole.answerable
    assert [json.loads(line)["settings"] for line in out.read_text().splitlines()]


def test_records_of_other_settings_or_of_something_else_are_left_alone(
    file: Path, services: Services, generator: QuestionGenerator, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    ask_all(file, services, out=out)
    kept = out.read_text()
    with pytest.raises(EvaluationError, match=r"line 1 was answered under other settings\. Choose another --out"):
        ask_all(file, services_with(generator, max_new_tokens=10), out=out)
    ask_all(
        file, services_with(generator, port=1234, library=tmp_path / "elsewhere"), out=out
    )  # these change no answer
    assert out.read_text() == kept
    with pytest.raises(EvaluationError, match="line 1 is not a record"):
        ask_all(file, services, out=file)
    (tmp_path / "note.txt").write_text("No line ends here.")
    with pytest.raises(EvaluationError, match="has no record of answers"):
        ask_all(file, services, out=tmp_path / "note.txt")
    assert (tmp_path / "note.txt").read_text() == "No line ends here."


def test_records_are_read_with_their_case_and_measured_again(file: Path, services: Services, tmp_path: Path) -> None:
    ask_all(file, services, out=tmp_path / "out.jsonl")
    records = {record.case.id: record for record in read_records(tmp_path / "out.jsonl")}
    assert records.keys() == {"seen", "missed", "unseen"}
    assert (records["seen"].measures.contained, records["seen"].exact_quotes) == (True, 1)
    with pytest.raises(EvaluationError, match=r"pets\.jsonl is not a file of records"):
        read_records(file)


def test_records_of_an_earlier_version_are_refused_with_what_to_do_and_still_read(
    file: Path, services: Services, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    ask_all(file, services, out=out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    for row in rows:
        del row["sources"]
    out.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(EvaluationError, match=r"line 1 was written by an earlier version.*Choose another --out"):
        ask_all(file, services, out=out)
    assert len(read_records(out)) == 3


def test_a_record_that_cannot_be_written_is_told_in_a_sentence(file: Path, services: Services, tmp_path: Path) -> None:
    ask_all(file, services, out=tmp_path / "out.jsonl")
    record, *_ = read_records(tmp_path / "out.jsonl")
    gone = tmp_path / "gone.jsonl"
    records = Records(gone, "", {record.case.id: ""}, 0.0)
    gone.unlink()
    gone.mkdir()
    with pytest.raises(EvaluationError, match=r"gone\.jsonl cannot be written"):
        records.add(record)
