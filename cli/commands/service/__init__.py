"""The commands that run and keep a shared service."""
