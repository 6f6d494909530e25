"""The chat: its handlers, answers as they are written, and stored conversations."""
