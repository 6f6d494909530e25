"""Answers and conversations as JSON: exported, kept, read again, verified, redacted."""
