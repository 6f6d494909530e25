"""Find out what a document is, from its metadata, its first pages and its name."""
