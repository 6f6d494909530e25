"""The files that documents are read from, as they are kept: in a folder, or in storage that speaks S3."""
