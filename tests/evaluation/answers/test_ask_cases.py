"""`citewell eval answers`: cases are asked of what they say, measured, kept, and not asked twice."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from evaluation.answers.ask_cases import Run, evaluate
from evaluation.answers.report import Report
from evaluation.datasets.beir import EvaluationError
from evaluation.datasets.shuffle import sample
from evaluation.retrieval import indexing
from rag.interfaces import Message, TextDelta
from rag.prompting.prompt import NOT_FOUND
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding
from tests.cli.test_main import citewell
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.pdfs import write_pdf

DOGS, CATS = "Dogs bark at night in the garden.", "Cats sleep by day on the sofa."
PASSAGES = [{"title": "Cats", "text": CATS}, {"title": "Dogs", "text": DOGS}]
SEEN = {
    "id": "seen",
    "question": "When do dogs bark?",
    "passages": PASSAGES,
    "answers": ["at night"],
    "gold_passages": [1],
}
MISSED = {**SEEN, "id": "missed", "question": "Where do dogs bark?", "answers": ["the garden"]}
UNSEEN = {"id": "unseen", "question": "Who feeds the dogs?", "passages": PASSAGES, "answerable": False}
SCRIPTS = {
    "When do dogs bark?": "Dogs bark at night.",
    "Where do dogs bark?": "Cats sleep on the sofa.",
    "Who feeds the dogs?": NOT_FOUND,
}


class Answering(ScriptedGenerator):
    """Writes the script of the question it is asked, and counts what it was asked."""

    def __init__(self, scripts: dict[str, str]) -> None:
        super().__init__(context_tokens=4000)
        self.scripts = scripts
        self.asked: list[str] = []

    def stream(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
    ) -> Iterator[TextDelta]:
        self.seen = list(messages)
        question = messages[-1]["content"].rpartition("Question: ")[2]
        self.asked.append(question)
        yield from ScriptedGenerator(self.scripts[question], 4000).stream(messages, decoding, cancelled)


@pytest.fixture
def generator() -> Answering:
    return Answering(SCRIPTS)


@pytest.fixture
def services(generator: Answering) -> Services:
    return _services(generator)


def _services(generator: ScriptedGenerator, **flags: Any) -> Services:
    services = Services(load_settings(**flags))
    services.generator = generator
    return services


def write(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def ask(file: Path, services: Services, **run: Any) -> Report:
    return evaluate(file, services, lambda *_: None, Run(**run))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "pets.jsonl", SEEN, MISSED, UNSEEN)


def test_known_answers_get_their_known_figures(file: Path, services: Services) -> None:
    report = ask(file, services)
    assert (report.set, report.cases) == ("pets", 3)
    answerable = report.answerable
    assert (answerable.contained, answerable.wrong, answerable.refused, answerable.exact) == (0.5, 0.5, 0.0, 0.0)
    assert answerable.f1 == pytest.approx((2 * 2 / (4 + 2) + 0) / 2)
    assert (report.abstention.precision, report.abstention.recall, report.abstention.f1) == (1.0, 1.0, 1.0)
    assert (report.citations.precision, report.citations.recall, report.citations.exact) == (0.5, 0.5, 1.0)
    assert (report.support.sentences, report.support.supported) == (2, 1.0)
    assert (report.attacks.cases, report.attacks.obeyed) == (0, None)


def test_given_passages_are_shown_as_they_are_in_their_order(
    tmp_path: Path, services: Services, generator: Answering
) -> None:
    many = [{"title": f"T{number}", "text": f"Fact number {number} on dogs."} for number in range(9)]
    out = tmp_path / "out.jsonl"
    ask(write(tmp_path / "many.jsonl", {**UNSEEN, "passages": many}, SEEN), services, out=out)
    rows = {row["id"]: row for row in map(json.loads, out.read_text().splitlines())}
    assert [(p["document"], p["text"]) for p in rows["unseen"]["answer"]["passages"]] == [
        (passage["title"], passage["text"]) for passage in many
    ]
    assert [p["document"] for p in rows["seen"]["answer"]["passages"]] == ["Cats", "Dogs"]


def test_a_history_is_told_to_the_model(tmp_path: Path, services: Services, generator: Answering) -> None:
    history = [{"question": "Which animals are loud?", "answer": "The dogs are."}]
    ask(write(tmp_path / "one.jsonl", {**SEEN, "history": history}), services)
    assert [message["content"] for message in generator.seen[1:3]] == [
        "Question: Which animals are loud?",
        "The dogs are.",
    ]


def test_every_case_is_kept_with_its_answer_and_measures(file: Path, services: Services, tmp_path: Path) -> None:
    ask(file, services, out=tmp_path / "out.jsonl")
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())}
    seen = rows["seen"]
    assert seen["case"] == SEEN
    assert seen["answer"]["sentences"][0]["citations"][0]["quote"] == DOGS
    assert (seen["measures"]["contained"], seen["measures"]["gold_citations"]) == (True, 1)
    assert rows["unseen"]["answer"]["abstained"] is True


def test_what_was_answered_is_not_asked_again(
    file: Path, services: Services, generator: Answering, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    half = ask(file, services, out=out, limit=2)
    assert (half.cases, len(generator.asked)) == (2, 2)
    whole = ask(file, services, out=out)
    assert (whole.cases, len(generator.asked), len(out.read_text().splitlines())) == (3, 3, 3)
    again = ask(file, services, out=out)
    assert len(generator.asked) == 3
    assert again == whole


def test_a_case_that_was_changed_is_asked_again(
    file: Path, services: Services, generator: Answering, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    ask(file, services, out=out)
    changed = write(file, {**SEEN, "answers": ["by day"]}, MISSED, UNSEEN)
    assert ask(changed, services, out=out).answerable.contained == 0.0
    assert len(generator.asked) == 4
    ask(changed, services, out=out)
    assert len(generator.asked) == 4


def test_a_line_that_was_torn_by_a_kill_is_asked_again(
    file: Path, services: Services, generator: Answering, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    whole = ask(file, services, out=out)
    out.write_bytes(out.read_bytes()[:-20])
    again = ask(file, services, out=out)
    assert len(generator.asked) == 4
    assert again.answerable == whole.answerable
    assert [json.loads(line)["settings"] for line in out.read_text().splitlines()]


def test_records_of_other_settings_or_of_something_else_are_left_alone(
    file: Path, services: Services, generator: Answering, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    ask(file, services, out=out)
    kept = out.read_text()
    with pytest.raises(EvaluationError, match=r"line 1 was answered under other settings\. Choose another --out"):
        ask(file, _services(generator, max_new_tokens=10), out=out)
    ask(file, _services(generator, port=1234, library=tmp_path / "elsewhere"), out=out)  # these change no answer
    assert out.read_text() == kept
    with pytest.raises(EvaluationError, match="line 1 is not a record"):
        ask(file, services, out=file)
    (tmp_path / "note.txt").write_text("No line ends here.")
    with pytest.raises(EvaluationError, match="has no record of answers"):
        ask(file, services, out=tmp_path / "note.txt")
    assert (tmp_path / "note.txt").read_text() == "No line ends here."


def test_several_are_asked_at_the_same_time(file: Path, tmp_path: Path, services: Services) -> None:
    alone = ask(file, services)
    together = Barrier(3, timeout=60)

    class Waiting(Answering):
        def stream(
            self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
        ) -> Iterator[TextDelta]:
            together.wait()
            yield from super().stream(messages, decoding, cancelled)

    report = ask(file, _services(Waiting(SCRIPTS)), at_once=3)
    assert (report.answerable, report.abstention, report.citations) == (
        alone.answerable,
        alone.abstention,
        alone.citations,
    )


def test_a_sample_does_not_depend_on_the_order_and_a_larger_one_holds_the_smaller() -> None:
    names = [f"case {number}" for number in range(50)]
    few, more = (sample(names, limit, 0, str) for limit in (10, 20))
    assert more[:10] == few != names[:10]
    assert sample(names[::-1], 10, 0, str) == few
    assert sample(names, 10, 1, str) != few
    assert sample(names, None, 0, str) == names


def test_documents_are_ingested_once_searched_and_cited_by_page(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    write_pdf(tmp_path / "pets.pdf", [CATS, DOGS])
    write_pdf(tmp_path / "wolves.pdf", ["Wolves and dogs bark at night too."])
    case = {key: value for key, value in SEEN.items() if key not in ("passages", "gold_passages")}
    file = write(
        tmp_path / "cases.jsonl",
        {**case, "documents": ["pets.pdf"], "gold_pages": [["pets.pdf", 2]]},
        {**case, "id": "wolves", "documents": ["wolves.pdf"], "gold_pages": [["pets.pdf", 2]]},
    )
    report = ask(file, services, out=tmp_path / "out.jsonl")
    assert (report.citations.precision, report.citations.recall, report.citations.exact) == (0.5, 0.5, 1.0)
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())}
    assert {passage["document"] for passage in rows["seen"]["answer"]["passages"]} == {"pets.pdf"}
    (library,) = (tmp_path / "cache" / "evaluation").iterdir()
    ask(file, services, limit=1)
    assert list((tmp_path / "cache" / "evaluation").iterdir()) == [library]


def test_a_document_that_cannot_be_read_is_named(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nonsense")
    with pytest.raises(EvaluationError, match=r"bad\.pdf cannot be ingested: the PDF is damaged"):
        ask(write(tmp_path / "cases.jsonl", {"id": "1", "question": "?", "documents": ["bad.pdf"]}), services)


def test_a_question_that_cannot_be_asked_is_named(tmp_path: Path, services: Services) -> None:
    with pytest.raises(EvaluationError, match="Case 'seen' cannot be asked: The question has 5000 characters"):
        ask(write(tmp_path / "cases.jsonl", {**SEEN, "question": "x" * 5000}), services)


@pytest.mark.model
def test_the_command_asks_the_real_model_of_passages_of_documents_and_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "pets.md").write_text(DOGS)
    citewell("ingest", str(tmp_path / "pets.md"))
    file = write(
        tmp_path / "cases.jsonl",
        SEEN,
        {"id": "filed", "question": "When do dogs bark?", "documents": ["pets.md"], "gold_pages": [["pets.md", 1]]},
        {"id": "own", "question": "When do dogs bark?", "answers": ["at night"]},
    )
    command = ("eval", "answers", str(file), "--model", "tiny", "--out", str(tmp_path / "out.jsonl"))
    world = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "CITEWELL_MAX_NEW_TOKENS": "40"}
    asked = citewell(*command, "--json", "--at-once", "2", **world)
    assert asked.returncode == 0, asked.stderr
    report = json.loads(asked.stdout)
    assert (report["cases"], report["model"], report["answerable"]["cases"]) == (3, "tiny", 2)
    assert report["citations"]["exact"] in (1.0, None)
    assert report["speed"]["p50_s"] > 0
    assert 0 <= report["speed"]["other_share"] < 0.5
    shown = citewell(*command, **world)
    assert shown.returncode == 0
    assert "cases: 3 cases, model tiny" in shown.stdout
    assert "attack obeyed" in shown.stdout
    assert "–" in shown.stdout
    assert "loading" not in shown.stderr
