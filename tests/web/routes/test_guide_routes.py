"""The guide of a document has what it is, its overview with citations, and questions; only its owner sees it."""

from collections.abc import Iterator
from threading import Event

import pytest
from starlette.testclient import TestClient

from rag.services import Services
from rag.types import Overview
from tests.support.fakes import ScriptedGenerator
from tests.web.routes.conftest import client, id_of, store
from tests.web.test_idle_overviews import TEXT, Writer
from tests.web.test_idle_refresh import WAIT_S
from web.chat.answer_jobs import AnswerJobs, View
from web.chat.state import Conversation
from web.routes.guide_routes import GuideRoutes


@pytest.fixture
def jobs(services: Services) -> Iterator[AnswerJobs]:
    services.__dict__.update(generator=ScriptedGenerator("The entry fee is 20 euros.", context_tokens=4096))
    made = AnswerJobs()
    yield made
    made.close()


@pytest.fixture
def writer(services: Services, jobs: AnswerJobs) -> Iterator[Writer]:
    writer = Writer()
    services.__dict__["generator"] = writer
    yield writer
    writer.may_write.set()


@pytest.fixture
def routes(services: Services, jobs: AnswerJobs) -> GuideRoutes:
    return GuideRoutes(services, jobs)


@pytest.fixture
def ann(routes: GuideRoutes) -> TestClient:
    return client(routes.routes())


def record(text: str) -> dict[str, object]:
    first = text.partition("\n")[0]
    sentence = {"text": first.replace(" [1]", ""), "start": 0, "end": len(first), "support": "supported"}
    return {
        "citewell": "1",
        "created_at": "2026-11-26",
        "model": "tiny",
        "question": "",
        "answer": text,
        "sentences": [{**sentence, "citations": []}],
        "passages": [],
        "kept": {"passages": [], "dropped": [], "turns": [0]},
    }


def keep(services: Services, document_id: int, value: dict[str, object]) -> None:
    overview = Overview(document_id=document_id, language="en", model="tiny", record=value, made_at="2026-11-26")
    assert services.library.keep_overview(overview, services.library.chunk_ids({document_id}))


def written(user: TestClient, id_: int) -> str:
    """Follow the overview to its end."""
    seen, is_writing = 0, True
    while is_writing:
        found = user.get(f"/guide/{id_}/overview?seen={seen}").json()
        seen, is_writing = found["seen"], found["writing"]
    html: str = found["html"]
    return html


def test_an_overview_is_written_when_it_is_missing_and_found_again(ann: TestClient, services: Services) -> None:
    id_ = id_of(services, "ann")
    guide = ann.get(f"/guide/{id_}").json()
    assert (guide["document"], guide["overview"], guide["begin"]) == ("anns.txt", "", True)
    assert guide["questions"] == []
    assert ann.post(f"/guide/{id_}/overview").status_code == 202
    html = written(ann, id_)
    assert "The entry fee is 20 euros." in html
    assert f'class="cw-chip" value="{id_}:1:0:26:' in html
    again = ann.get(f"/guide/{id_}").json()
    assert "The entry fee is 20 euros." in again["overview"]
    assert "Overview made on" in again["overview"]
    assert again["begin"] is False


def test_an_overview_is_written_once_for_all_tabs_and_shown_as_it_comes(
    ann: TestClient, services: Services, jobs: AnswerJobs, writer: Writer
) -> None:
    overview = f"/guide/{store(services, 'boats.txt', TEXT, 'ann')}/overview"
    assert ann.get(overview).json() == {"html": "", "seen": 0, "writing": False}
    ann.post(overview)
    assert writer.began.wait(WAIT_S)
    assert jobs.are_running, "so that nothing else is made meanwhile"
    begun = ann.get(overview).json()
    assert (begun["seen"] > 0, begun["writing"], TEXT in begun["html"]) == (True, True, False)
    ann.post(overview)
    writer.may_write.set()
    assert TEXT in written(ann, int(overview.split("/")[2]))
    assert writer.times == 1


def test_an_overview_that_is_stopped_is_not_kept(ann: TestClient, services: Services, writer: Writer) -> None:
    id_ = store(services, "boats.txt", TEXT, "ann")
    ann.post(f"/guide/{id_}/overview")
    assert writer.began.wait(WAIT_S)
    assert ann.delete(f"/guide/{id_}/overview").status_code == 200
    writer.may_write.set()
    written(ann, id_)
    assert services.library.overviews(id_) == []
    ann.post(f"/guide/{id_}/overview")
    assert TEXT in written(ann, id_)
    assert services.library.overviews(id_)


def test_nothing_begins_by_itself_while_somebody_is_answered(
    ann: TestClient, services: Services, jobs: AnswerJobs
) -> None:
    may_end = Event()

    def answer(_cancelled: object) -> Iterator[View]:
        yield View((), Conversation(), None, "")
        may_end.wait(30)

    jobs.begin("bob", "1f", answer)
    assert ann.get(f"/guide/{id_of(services, 'ann')}").json()["begin"] is False
    may_end.set()


def test_the_facts_of_a_document_are_shown(ann: TestClient, services: Services) -> None:
    id_ = id_of(services, "ann")
    services.library.edit_facts(id_, {"title": "Fees", "language": "en"})
    assert ann.get(f"/guide/{id_}").json()["facts"] == {"Title": "Fees", "Language": "English"}


def test_a_hostile_overview_is_inert(ann: TestClient, services: Services) -> None:
    id_ = store(services, "evil.txt", "Pay.", "ann")
    keep(services, id_, record("<script>alert(1)</script> ![x](http://evil/x.png) **bold**"))
    html = ann.get(f"/guide/{id_}").json()["overview"]
    assert "<script" not in html
    assert "<img" not in html


def test_a_damaged_overview_is_as_none(ann: TestClient, services: Services, caplog: pytest.LogCaptureFixture) -> None:
    id_ = id_of(services, "ann")
    keep(services, id_, {"answer": 1})
    assert ann.get(f"/guide/{id_}").json()["overview"] == ""
    assert "is not shown" in caplog.text


def test_nobody_sees_or_begins_the_guide_of_another_ones_document(routes: GuideRoutes, services: Services) -> None:
    bob, one = client(routes.routes(), "bob"), f"/guide/{id_of(services, 'ann')}"
    answers = [bob.get(one), bob.post(f"{one}/overview"), bob.get(f"{one}/overview"), bob.delete(f"{one}/overview")]
    assert [answer.status_code for answer in answers] == [403] * 4
