"""Answers and conversations as JSON: export, storage, reading, verification and redaction."""
