"""Every family of models that transformers has, each as a tiny random model."""
