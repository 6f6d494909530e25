"""From blocks of text (headings, paragraphs, tables) to pages with their structure."""
