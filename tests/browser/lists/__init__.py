"""Tests of the list of sources with hundreds of documents, in a browser."""
