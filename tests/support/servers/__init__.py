"""Servers of models for tests: a real one, and one that answers as a script says."""
