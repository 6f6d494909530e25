"""REST: documents, jobs, collections, search, questions, conversations and verification, under `/api/v1`."""
