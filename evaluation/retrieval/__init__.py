"""Measure retrieval: ranks, excerpts, pages."""
