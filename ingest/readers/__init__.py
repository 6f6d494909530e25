"""Read files into pages: one module per family of formats, chosen by `registry.reader_for`."""
