"""The SQL that both databases run: rows of documents and of the ledger."""
