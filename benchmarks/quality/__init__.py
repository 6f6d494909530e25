"""Measure quality on published and labelled sets: what is read, found, checked and computed."""
