"""Shares: collections, conversations, and links to conversations."""
