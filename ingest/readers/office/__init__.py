"""Read Office formats: Microsoft Office and OpenDocument."""
