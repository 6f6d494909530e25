"""Find what a question takes for granted, and the statement of the documents that denies it (English)."""
