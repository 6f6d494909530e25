"""Copy a library from one place to another: from a folder or a database into either."""
