"""The conversation: its handlers, its answers as they are written, what is kept."""
