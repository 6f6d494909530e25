"""Texts about an answer, in the language of its question."""
