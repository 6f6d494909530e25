"""Measure the citation check on true statements, and on the same statements with planted errors."""
