"""Pages of a PDF that are images: which they are, and the form in which their recognised text is stored."""
