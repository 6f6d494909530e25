"""Tests of `ingest.upkeep`."""
