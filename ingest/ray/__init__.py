"""Ingestion on the nodes of a Ray cluster. Only this package imports Ray, which the extra `ray` installs."""
