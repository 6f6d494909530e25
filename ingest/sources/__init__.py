"""Where documents come from: files, folders and archives."""
