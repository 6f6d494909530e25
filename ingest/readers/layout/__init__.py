"""Lay text out as people read it: lines in reading order, paragraphs."""
