"""Filter an answer while it streams, and stop it when it must not go on."""
