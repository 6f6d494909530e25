"""Gather the passages that an answer is written from, by the plan for its question."""
