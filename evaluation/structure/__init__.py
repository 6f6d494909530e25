"""Measure what is read from documents beside their text."""
