"""Measure retrieval: ranked documents, labelled excerpts, gold pages."""
