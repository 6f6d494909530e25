"""Tests of `rag.grounding.premises`."""
