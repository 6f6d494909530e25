"""Tests of `ingest.readers.blocks`."""
