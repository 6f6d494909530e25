"""Retrieve the passages relevant to a question, and gather from them what its answer is written from."""
