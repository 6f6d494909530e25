"""Functions of a client: their definitions, calls and results, and the model's choice to call one."""
