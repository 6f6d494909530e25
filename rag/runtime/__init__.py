"""How the program runs: the compute thread, child processes, progress and cancellation, files written whole."""
