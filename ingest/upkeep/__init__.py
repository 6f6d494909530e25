"""Keep a library in order: removal, expiry, backup and salvage."""
