"""Tests of `rag.understanding`."""
