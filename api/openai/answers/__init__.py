"""Answers: a client's messages to a question, and the events of its answer to completions and responses."""
