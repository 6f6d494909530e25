"""Accounts of users: their roles and passwords, in an auth file or in the database."""
