"""Judge a model folder or file before it is used: nothing of it may run, and it must be whole and fit its role."""
