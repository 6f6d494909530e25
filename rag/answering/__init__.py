"""Answer a question: search for its prompt, let a model call tools or compute from tables, check what was written."""
