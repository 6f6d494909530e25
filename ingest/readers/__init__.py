"""Turn files into pages: one module a family of formats, chosen by `registry.reader_for`."""
