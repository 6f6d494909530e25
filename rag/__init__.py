"""Answers questions from a library of documents, and ties every sentence to its source."""
