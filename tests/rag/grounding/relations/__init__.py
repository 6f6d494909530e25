"""Tests of `rag.grounding.relations`."""
