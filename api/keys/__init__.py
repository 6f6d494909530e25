"""Keys, by which programs are known."""
