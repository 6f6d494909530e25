"""Read cases and labelled sets, and choose samples of them."""
