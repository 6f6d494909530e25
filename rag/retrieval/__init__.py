"""Retrieve the passages relevant to a question."""
