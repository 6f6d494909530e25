"""Routes of the palette and of the first steps."""
