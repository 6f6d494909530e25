"""Documents that tests make."""
