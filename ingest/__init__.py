"""Fills the library: finds files, reads them into pages, cuts pages into chunks, embeds and stores them."""
