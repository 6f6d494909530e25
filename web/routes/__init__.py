"""Routes of our own beside Gradio's."""
