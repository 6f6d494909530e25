"""Judge a model folder or file before anything of it is loaded, by its JSON files and the headers of its weights."""
