"""Interfaces for programs. Each face translates the same events of an answer; none knows another."""
