"""The owner of a request is who has signed in."""

import gradio as gr
from starlette.requests import Request

from web.auth.access import USER, owner_of


def test_the_owner_of_a_request_is_its_user_or_nobody() -> None:
    assert owner_of(gr.Request(username="ann")) == "ann"
    assert owner_of(gr.Request()) == ""
    assert owner_of(Request({"type": "http", USER: "ann"})) == "ann"
    assert owner_of(Request({"type": "http"})) == ""
