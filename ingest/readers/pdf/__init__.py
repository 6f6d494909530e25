"""Read PDFs, and show their pages.

`reader` conducts, page by page. `pdfium` opens the file, `metadata` reads what it says about itself. `raw_page` reads
one page, with its `figures` and `tables`. `heading_candidates` finds lines that look like headings, `heading_finder`
gives those of a document their levels. `scanned` recognises pages that are images. `page_view` shows pages.
"""
