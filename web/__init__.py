"""The web app: a Gradio page, and routes of our own beside it."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before any module of ours imports gradio, which would call home
