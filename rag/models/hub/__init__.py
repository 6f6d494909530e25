"""Models from the model hub: which ones Citewell names, what a repository holds, and its files fetched and checked."""
