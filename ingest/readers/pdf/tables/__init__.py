"""Find tables on the pages of PDFs, by their rulings and by the alignment of their words."""
