"""Read PDFs, and show their pages."""
