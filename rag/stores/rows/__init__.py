"""The SQL that both databases run: rows of documents, chunks, facts, overviews and the ledger."""
