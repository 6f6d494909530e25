"""Routes of what is read: guides, pages, their text and words in them."""
