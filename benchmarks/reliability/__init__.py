"""Long times, kills, damage and hostile clients: what is lost, and how others fare."""
