"""Read PDFs, and show their pages.

`reader` conducts, page by page. `pdfium` opens the file, `metadata` reads what it says about itself. `raw_page` reads
one page, with its `figures` and its tables. `heading_candidates` finds lines that look like headings, `heading_finder`
gives those of a document their levels. `scanned` recognises pages that are images. `page_view` shows pages.

Of tables `table_finder` conducts. `page_words` cuts lines into words, rows and segments. `ruled` finds tables with
rulings, `aligned` those without: rows that share columns. Both make a `grid`, which writes itself as text, a line a
row, each value after its head. `heads` names its columns and rows, and `placement` puts the written tables where
their lines stood.
"""
