"""Tests of `ingest.facts`."""
