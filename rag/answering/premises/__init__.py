"""What a question takes for granted, and what the documents say against it."""
