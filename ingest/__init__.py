"""Fill the library: find files, read them into pages, cut pages into chunks, embed and store these."""
