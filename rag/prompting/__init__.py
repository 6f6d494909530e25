"""Build the prompt: system prompt, history, passages and question within the context window."""
