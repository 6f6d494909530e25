"""The program seen from outside: metrics, traces and logs, without names, or contents of documents and questions."""
