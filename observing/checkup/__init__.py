"""The checks of `citewell doctor`: the machine, the models, the library, the settings."""
