"""The web app: a Gradio page, in the language of who opens it, and routes of our own beside it."""

import rag  # noqa: F401  before any module of ours imports gradio, which would call home
