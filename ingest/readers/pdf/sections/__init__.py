"""Find the sections of a PDF: lines that are headings, by type, numbering, outline and tags, and their levels."""
