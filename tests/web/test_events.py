"""Events are bound so that answers are limited in number, nothing else waits for them, and no interface is open."""

from typing import Any

import gradio as gr
import pytest

from rag.services import Services
from rag.settings import load_settings
from serving.answer_turns import AnswerTurns
from tests.support.coroutines import run_coroutine
from web.chat.answer_jobs import AnswerJobs
from web.chat.handlers import Chat
from web.events import bind
from web.layout import lay_out


@pytest.fixture
def bound() -> list[Any]:
    async def in_an_event_loop() -> gr.Blocks:  # else Gradio makes one, and leaves it open
        with gr.Blocks() as blocks:
            bind(lay_out(services.settings, ["tiny"]), Chat(services, AnswerJobs(), AnswerTurns(1, 8)), blocks)
        return blocks

    with Services(load_settings()) as services:
        return list(run_coroutine(in_an_event_loop()).fns.values())


def test_no_event_is_an_open_interface(bound: list[Any]) -> None:
    assert {each.api_visibility for each in bound if each.fn is not None and each.fn.__name__ != "leave"} == {"private"}
