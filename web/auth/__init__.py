"""Sign-in, sessions, sharing, and what belongs to whom."""
