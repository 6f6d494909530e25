"""Capacity: what a library and its users need, computed from measured figures and stated assumptions."""
