"""Files are documents, and vector stores are their collections."""
