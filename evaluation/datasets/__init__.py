"""Read labelled sets, and convert them to cases."""
