"""Where documents come from: files, folders, archives, archived web pages and S3."""
