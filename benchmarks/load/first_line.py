"""A client in a process of its own: reads requests from standard input, and prints the seconds to each first token.

In the process that serves, it would take turns with the model and the server for one interpreter.
"""

import json
import sys
import time

import httpx


def main() -> None:
    """Answer each line, an object of `path`, `body` and the `mark` of a line with text, with one line of seconds."""
    with httpx.Client(base_url=sys.argv[1], timeout=120) as client:  # a new one reads certificates for 20 ms
        for line in sys.stdin:
            asked = json.loads(line)
            print(first_line(client, asked["path"], asked["body"], asked["mark"]), flush=True)


def first_line(client: httpx.Client, path: str, body: dict[str, object], mark: str) -> float:
    """Return the seconds until a line with the mark and some text; the answer is read to its end."""
    started, first = time.perf_counter(), 0.0
    with client.stream("POST", path, json=body) as response:
        for line in response.iter_lines():
            if not first and mark in line and '"content":""' not in line:
                first = time.perf_counter() - started
    return first


if __name__ == "__main__":
    main()
