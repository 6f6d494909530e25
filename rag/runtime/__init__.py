"""Support for running: the compute thread, child processes, progress and cancellation, atomic writes."""
